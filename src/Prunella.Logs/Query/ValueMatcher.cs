using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>How a value must relate to the bytes looked for.</summary>
internal enum MatchMode : byte
{
    Contains,
    StartsWith,
    EndsWith,
    Equals,
}

/// <summary>A question to values, asked once of each value of a pool.</summary>
internal sealed class ValueTest(ValueTest.Question passes)
{
    internal delegate bool Question(ReadOnlySpan<byte> value);

    internal Question Passes => passes;

    /// <summary>Which values of the pools asked so far pass; null for none.</summary>
    internal Dictionary<int, bool[]?> Pools { get; } = [];
}

// Constants are asked once, pools once a distinct value, numbers not at all where the bytes hold something else than digits; only what
// is left is decoded, and searched as one text with vectors.

/// <summary>Finds the rows of a block's columns whose values match some bytes.</summary>
internal sealed class ValueMatcher(BlockData block, bool ignoreCase = false)
{
    private static readonly SearchValues<byte> Decimal = SearchValues.Create("0123456789-"u8);
    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF-:._"u8);

    private readonly Dictionary<(int Pool, MatchMode, string), bool[]?> pools = [];
    private readonly ColumnValues?[] loweredColumns = new ColumnValues?[ignoreCase ? block.Columns.Length : 0];
    private readonly ColumnValues?[] loweredPools = new ColumnValues?[ignoreCase ? block.PoolCount : 0];

    /// <summary>Whether letters of ASCII match in any case; what is looked for is then in lower case.</summary>
    internal bool IgnoresCase => ignoreCase;

    /// <summary>Bytes with the letters of ASCII in lower case.</summary>
    internal static byte[] Lower(ReadOnlySpan<byte> bytes)
    {
        const byte Bit = 0x20;
        var lower = bytes.ToArray();
        var n = 0;
        foreach (ref var letters in MemoryMarshal.Cast<byte, Vector<byte>>(lower.AsSpan()))
        {
            var upper = Vector.GreaterThanOrEqual(letters, new Vector<byte>((byte)'A')) & Vector.LessThanOrEqual(letters, new Vector<byte>((byte)'Z'));
            letters |= upper & new Vector<byte>(Bit);
            n += Vector<byte>.Count;
        }

        for (; n < lower.Length; n++)
        {
            lower[n] |= lower[n] is >= (byte)'A' and <= (byte)'Z' ? Bit : (byte)0;
        }

        return lower;
    }

    /// <summary>Rows whose value matches, ascending; null when none does.</summary>
    internal List<int>? Rows(int number, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var column = block.Columns[number];
        if (column.Count == 0 || !MayMatch(column, bytes))
        {
            return null;
        }

        switch (column.Coding)
        {
            case Coding.Constant:
                return Test(ignoreCase ? Lower(column.Constant) : column.Constant, mode, bytes) ? All(column.Count) : null;
            case Coding.Table or Coding.Pool:
                var hits = PoolHits(column.Pool, mode, bytes);
                return hits is null ? null : Where(column.PoolNumbers(block, number), hits);
            default:
                var rows = Search(Values(number), mode, bytes);
                return rows.Count == 0 ? null : rows;
        }
    }

    /// <summary>Rows whose value passes a test, ascending; null when none does. Numbers and times are not asked.</summary>
    internal List<int>? Rows(int number, ValueTest test)
    {
        var column = block.Columns[number];
        switch (column.Coding)
        {
            case Coding.Integer or Coding.Time:
                return null;
            case Coding.Constant:
                return test.Passes(column.Constant) ? All(column.Count) : null;
            case Coding.Table or Coding.Pool:
                if (!test.Pools.TryGetValue(column.Pool, out var hits))
                {
                    var values = block.Pool(column.Pool);
                    test.Pools.Add(column.Pool, hits = Passing(values, test.Passes) is { Count: > 0 } some ? Marks(some, values.Count) : null);
                }

                return hits is null ? null : Where(column.PoolNumbers(block, number), hits);
            default:
                return Passing(Values(number), test.Passes) is { Count: > 0 } rows ? rows : null;
        }
    }

    private ColumnValues Values(int number) => ignoreCase ? loweredColumns[number] ??= Lower(block.Values(number)) : block.Values(number);

    private static ColumnValues Lower(ColumnValues values) => new(Lower(values.Bytes.AsSpan()), values.Ends);

    // False only where no value of the column can hold the bytes.
    private bool MayMatch(ValueColumn column, ReadOnlySpan<byte> bytes) => column.Coding switch
    {
        Coding.Integer => bytes.Length <= 20 && !bytes.ContainsAnyExcept(Decimal),
        Coding.Time => ignoreCase ? column.Pattern!.MayHoldIgnoringCase(bytes) : column.Pattern!.MayHold(bytes),
        Coding.Hex => !bytes.ContainsAnyExcept(Hexadecimal),
        _ => true,
    };

    private bool[]? PoolHits(int pool, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var key = (pool, mode, Convert.ToHexString(bytes));
        if (!pools.TryGetValue(key, out var hits))
        {
            var values = ignoreCase ? loweredPools[pool] ??= Lower(block.Pool(pool)) : block.Pool(pool);
            var rows = Search(values, mode, bytes);
            pools.Add(key, hits = rows.Count > 0 ? Marks(rows, values.Count) : null);
        }

        return hits;
    }

    private static List<int> Search(ColumnValues values, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var rows = new List<int>();
        if (bytes.IsEmpty)
        {
            return mode == MatchMode.Equals ? Passing(values, static value => value.IsEmpty) : All(values.Count);
        }

        var text = values.Bytes.AsSpan(0, values.Count == 0 ? 0 : values.Ends[^1]);
        var ends = values.Ends;
        int at = 0, row = 0;
        while (true)
        {
            var found = text[at..].IndexOf(bytes);
            if (found < 0)
            {
                return rows;
            }

            at += found;
            row = RowAt(ends, row, at);
            var start = row == 0 ? 0 : ends[row - 1];
            var end = ends[row];
            if (at + bytes.Length <= end && (mode is MatchMode.Contains or MatchMode.EndsWith || at == start) && (mode is MatchMode.Contains or MatchMode.StartsWith || at + bytes.Length == end))
            {
                rows.Add(row);
                at = end;
            }
            else
            {
                at++;
            }

            if (at >= text.Length)
            {
                return rows;
            }
        }
    }

    private static bool[] Marks(List<int> rows, int count)
    {
        var marks = new bool[count];
        foreach (var row in rows)
        {
            marks[row] = true;
        }

        return marks;
    }

    private static List<int> Passing(ColumnValues values, ValueTest.Question test)
    {
        var rows = new List<int>();
        for (var n = 0; n < values.Count; n++)
        {
            if (test(values[n]))
            {
                rows.Add(n);
            }
        }

        return rows;
    }

    // The row that holds a byte: the first whose end is beyond it, looked for from the last one on.
    private static int RowAt(int[] ends, int from, int at)
    {
        int low = from, step = 1;
        while (low + step < ends.Length && ends[low + step] <= at)
        {
            low += step;
            step *= 2;
        }

        var high = Math.Min(low + step, ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ends[middle] > at)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private static bool Test(ReadOnlySpan<byte> value, MatchMode mode, ReadOnlySpan<byte> bytes) => mode switch
    {
        MatchMode.Contains => value.IndexOf(bytes) >= 0,
        MatchMode.StartsWith => value.StartsWith(bytes),
        MatchMode.EndsWith => value.EndsWith(bytes),
        _ => value.SequenceEqual(bytes),
    };

    private static List<int>? Where(int[] numbers, bool[] hits)
    {
        var rows = new List<int>();
        for (var n = 0; n < numbers.Length; n++)
        {
            if ((uint)numbers[n] < (uint)hits.Length && hits[numbers[n]])
            {
                rows.Add(n);
            }
        }

        return rows.Count == 0 ? null : rows;
    }

    private static List<int> All(int count)
    {
        var rows = new List<int>(count);
        for (var n = 0; n < count; n++)
        {
            rows.Add(n);
        }

        return rows;
    }
}
