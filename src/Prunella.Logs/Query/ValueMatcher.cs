using System.Buffers;
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

// Constants are asked once, pools once a distinct value, numbers not at all where the bytes hold something else than digits; only what
// is left is decoded, and searched as one text with vectors.

/// <summary>Finds the rows of a block's columns whose values match some bytes.</summary>
internal sealed class ValueMatcher(BlockData block)
{
    private static readonly SearchValues<byte> Decimal = SearchValues.Create("0123456789-"u8);
    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF-:._"u8);

    private readonly Dictionary<(int Pool, MatchMode, string), bool[]?> pools = [];

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
                return Test(column.Constant, mode, bytes) ? All(column.Count) : null;
            case Coding.Table or Coding.Pool:
                var hits = PoolHits(column.Pool, mode, bytes);
                return hits is null ? null : Where(column.PoolNumbers(block, number), hits);
            default:
                var rows = Search(block.Values(number), mode, bytes);
                return rows.Count == 0 ? null : rows;
        }
    }

    // False only where no value of the column can hold the bytes.
    private static bool MayMatch(ValueColumn column, ReadOnlySpan<byte> bytes) => column.Coding switch
    {
        Coding.Integer => bytes.Length <= 20 && !bytes.ContainsAnyExcept(Decimal),
        Coding.Time => column.Pattern!.MayHold(bytes),
        Coding.Hex => !bytes.ContainsAnyExcept(Hexadecimal),
        _ => true,
    };

    private bool[]? PoolHits(int pool, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var key = (pool, mode, Convert.ToHexString(bytes));
        if (!pools.TryGetValue(key, out var hits))
        {
            var values = block.Pool(pool);
            var rows = Search(values, mode, bytes);
            if (rows.Count > 0)
            {
                hits = new bool[values.Count];
                foreach (var row in rows)
                {
                    hits[row] = true;
                }
            }

            pools.Add(key, hits);
        }

        return hits;
    }

    private static List<int> Search(ColumnValues values, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var rows = new List<int>();
        if (bytes.IsEmpty)
        {
            return mode == MatchMode.Equals ? Naive(values, mode, bytes) : All(values.Count);
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

    private static List<int> Naive(ColumnValues values, MatchMode mode, ReadOnlySpan<byte> bytes)
    {
        var rows = new List<int>();
        for (var n = 0; n < values.Count; n++)
        {
            if (Test(values[n], mode, bytes))
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
