using System.Runtime.InteropServices;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

// About 5 values a line: ~20 ns to parse or look up each, ~5 ns to write; every choice is made on at most 2 048 values of a column.

/// <summary>Chooses a coding for every column of a block, and writes them.</summary>
internal sealed class ColumnEncoder(BlockStreams streams)
{
    internal const int PoolsMax = 128;
    private const int DepthMax = 6;
    private const int TableMax = 65_000;
    private const int SampleMax = Entropy.CodesMax;

    // Values that come so often are cheaper as indices of a table of the column's own than as numbers of the pool.
    private const int RepeatsMin = 8;

    // Numbers whose keys were added, by a hash: most come again, and to hash their text each time was a twentieth of archiving.
    private const int AddedShift = 53;
    private const long NoNumber = long.MinValue;

    private readonly ValueTable table = new();
    private readonly long[] added = new long[1 << (64 - AddedShift)];
    private int addedWidth = -1;
    private readonly Scratch<int> ints = new();
    private readonly Scratch<long> longs = new();
    private readonly Scratch<Piece> pieces = new();
    private readonly List<Pool> pools = [];
    private readonly Dictionary<int, int> poolIndex = [];
    private int[] lastOfShape = [];
    private Local[] locals = [];
    private int stamp;

    // Of a value: the column (by its stamp) that it was seen in last, and its number there.
    private struct Local
    {
        internal int Stamp, Index;
    }

    private sealed class Pool
    {
        internal List<int> Ids { get; } = [];
    }

    /// <summary>Chooses codings for all columns.</summary>
    internal ColumnPlan[] Plan(byte[] raw, IReadOnlyList<(Values Values, SlotKind Kind)> columns, int shapeCount)
    {
        table.Clear(raw);
        ints.Clear();
        longs.Clear();
        pieces.Clear();
        pools.Clear();
        poolIndex.Clear();
        lastOfShape = lastOfShape.Length < shapeCount ? new int[shapeCount] : lastOfShape;
        var plans = new ColumnPlan[columns.Count];
        var open = new List<ColumnPlan>();
        for (var n = 0; n < plans.Length; n++)
        {
            plans[n] = new ColumnPlan(columns[n].Values, (int)columns[n].Kind * (DepthMax + 1));
            Simple(plans[n], columns[n].Kind == SlotKind.Time, open);
        }

        for (var depth = 0; open.Count > 0; depth++)
        {
            foreach (var plan in open)
            {
                plan.Ids = ints.Take(plan.Values.Count);
                plan.Distinct = table.Intern(plan.Values, (short)plan.Pool, plan.Ids);
            }

            var next = new List<ColumnPlan>();
            foreach (var plan in open)
            {
                Decide(plan, depth, next);
            }

            open = next;
        }

        return plans;
    }

    /// <summary>Writes a column as planned.</summary>
    internal void Write(ColumnPlan plan)
    {
        var directory = streams.Directory;
        if (plan.Coding == Coding.Table)
        {
            WriteReferences(plan);
            return;
        }

        directory.Byte((byte)plan.Coding);
        switch (plan.Coding)
        {
            case Coding.Constant:
                directory.Sized(plan.Values[0]);
                break;
            case Coding.Integer:
                directory.Byte((byte)plan.Width);
                IntegerCoding.Write(streams, plan.Numbers);
                break;
            case Coding.Time:
                plan.Pattern!.Write(directory);
                directory.Signed(plan.TickOffset ?? 0);
                IntegerCoding.Write(streams, plan.Numbers);
                break;
            case Coding.Split:
                directory.Sized(plan.Tail);
                directory.Byte((byte)plan.Width);
                Write(plan.Head!);
                IntegerCoding.Write(streams, plan.Numbers);
                break;
            case Coding.Hex:
                plan.Hex!.Write(directory);
                streams.Add(StreamKind.Dense, plan.Hex.Pack(plan.Values), plan.Hex.PackedBytes * plan.Values.Count);
                break;
            case Coding.Text:
                WriteText(plan.Values);
                break;
        }
    }

    /// <summary>Writes the pools that the columns written before refer to.</summary>
    internal void WritePools(byte[] raw)
    {
        streams.Directory.Number(pools.Count);
        foreach (var pool in pools)
        {
            var places = pieces.Take(pool.Ids.Count);
            for (var n = 0; n < places.Count; n++)
            {
                places[n] = table.Place(pool.Ids[n]);
            }

            streams.Directory.Number(places.Count);
            Write(Distinct(new Values(raw, places), 0));
        }
    }

    /// <summary>Adds the keys of the values that stand in the table: those of every column that was numbered.</summary>
    internal void AddKeys(KeySet keys)
    {
        addedWidth = -1;
        for (var id = 0; id < table.Count; id++)
        {
            // What was split off the values of others is no value.
            if (table.PoolOf(id) % (DepthMax + 1) == 0)
            {
                keys.Add(ValueFilter.Key(table.Value(id)));
            }
        }
    }

    /// <summary>Adds the keys of a column whose values were not numbered.</summary>
    internal void AddKeys(ColumnPlan plan, KeySet keys)
    {
        var values = plan.Values;
        if (plan.Coding == Coding.Constant)
        {
            keys.Add(ValueFilter.Key(values[0]));
        }
        else if (plan.Coding == Coding.Integer)
        {
            // A number of a width has one text.
            if (plan.Width != addedWidth)
            {
                added.AsSpan().Fill(NoNumber);
                addedWidth = plan.Width;
            }

            var numbers = plan.Numbers.AsSpan();
            for (var n = 0; n < numbers.Length; n++)
            {
                ref var before = ref added[(int)(((ulong)numbers[n] * Mix.Seed) >> AddedShift)];
                if (before != numbers[n])
                {
                    keys.Add(ValueFilter.Key(values[n]));
                    before = numbers[n];
                }
            }
        }
    }

    private void Simple(ColumnPlan plan, bool time, List<ColumnPlan> open)
    {
        var values = plan.Values;
        if (values.Count == 0)
        {
            plan.Coding = Coding.Empty;
        }
        else if (values.AllEqual())
        {
            plan.Coding = Coding.Constant;
        }
        else if (time && TryTime(plan))
        {
            plan.Coding = Coding.Time;
        }
        else if (DecimalText.TryParse(values, longs, out var numbers, out var width))
        {
            (plan.Coding, plan.Numbers, plan.Width) = (Coding.Integer, numbers, width);
        }
        else
        {
            open.Add(plan);
        }
    }

    private bool TryTime(ColumnPlan plan)
    {
        var pattern = TimePattern.Learn(plan.Values[0]);
        if (pattern is null)
        {
            return false;
        }

        var units = longs.Take(plan.Values.Count);
        var room = units.AsSpan();
        TimePattern.Minute minute = default;
        for (var n = 0; n < room.Length; n++)
        {
            Values.Fetch(plan.Values.Raw, plan.Values.Pieces, n);
            if (!pattern.TryParse(plan.Values[n], ref minute, out room[n]))
            {
                longs.Return(units);
                return false;
            }
        }

        (plan.Pattern, plan.Numbers) = (pattern, units);
        return true;
    }

    private void Decide(ColumnPlan plan, int depth, List<ColumnPlan> next)
    {
        if (plan.Distinct * 10 <= plan.Values.Count * 7 || IsShared(plan))
        {
            plan.Coding = Coding.Table;
            return;
        }

        ints.Return(plan.Ids);
        plan.Ids = [];
        Unrepeated(plan, depth, next);
    }

    // Whether most of a column's distinct values stand in other columns too.
    private bool IsShared(ColumnPlan plan)
    {
        var shared = 0;
        stamp++;
        Room();
        foreach (var id in plan.Ids)
        {
            if (locals[id].Stamp != stamp)
            {
                locals[id].Stamp = stamp;
                shared += table.Columns(id) > 1 ? 1 : 0;
            }
        }

        return shared * 2 > plan.Distinct;
    }

    // Values that hardly repeat: what is regular in them is taken out.
    private void Unrepeated(ColumnPlan plan, int depth, List<ColumnPlan> next)
    {
        if (HexForm.Learn(plan.Values) is { } hex)
        {
            (plan.Coding, plan.Hex) = (Coding.Hex, hex);
        }
        else if (depth < DepthMax && DecimalText.TrySplit(plan.Values, longs, pieces, out var heads, out var numbers, out var width, out var tail))
        {
            plan.Coding = Coding.Split;
            (plan.Numbers, plan.Width, plan.Tail) = (numbers, width, tail);
            plan.Head = new ColumnPlan(heads, plan.Pool + 1);
            Simple(plan.Head, time: false, next);
        }
        else
        {
            plan.Coding = Coding.Text;
        }
    }

    // A pool's own values: all distinct, and in no pool themselves.
    private ColumnPlan Distinct(Values values, int depth)
    {
        var plan = new ColumnPlan(values, 0);
        var open = new List<ColumnPlan>();
        Simple(plan, time: false, open);
        if (open.Count > 0)
        {
            var next = new List<ColumnPlan>();
            Unrepeated(plan, depth, next);
            if (next.Count > 0)
            {
                plan.Head = Distinct(plan.Head!.Values, depth + 1);
            }
        }

        return plan;
    }

    private void WriteText(Values values)
    {
        long total = 0;
        foreach (var piece in values.Pieces)
        {
            total += piece.Length + 1;
        }

        var text = GC.AllocateUninitializedArray<byte>(checked((int)total));
        var at = 0;
        foreach (var piece in values.Pieces)
        {
            piece.Of(values.Raw).CopyTo(text.AsSpan(at));
            at += piece.Length;
            text[at++] = (byte)'\n';
        }

        streams.Add(StreamKind.Text, text, -1);
    }

    private void WriteReferences(ColumnPlan plan)
    {
        var pool = PoolOf(plan.Pool);
        var count = plan.Ids.Count;
        var (numbersTaken, codesTaken, localTaken) = (longs.Take(count), longs.Take(count), ints.Take(count));
        var numbers = numbersTaken.AsSpan();
        var local = localTaken.AsSpan();
        var tableNumbers = new List<int>();
        stamp++;
        Room();
        for (var n = 0; n < count; n++)
        {
            var id = plan.Ids[n];
            ref var known = ref locals[id];
            if (known.Stamp != stamp)
            {
                ref var number = ref table.PoolNumber(id);
                if (number < 0)
                {
                    number = pools[pool].Ids.Count;
                    pools[pool].Ids.Add(id);
                }

                known.Stamp = stamp;
                known.Index = tableNumbers.Count;
                tableNumbers.Add(number);
            }

            local[n] = known.Index;
            numbers[n] = tableNumbers[known.Index];
        }

        var predictor = TableCoding.Direct;
        var best = double.MaxValue;
        var codes = MemoryMarshal.Cast<long, ulong>(codesTaken.AsSpan());
        if (tableNumbers.Count <= TableMax)
        {
            var sample = Math.Min(count, SampleMax);
            for (var p = TableCoding.Direct; p <= (plan.Values.Shapes.IsEmpty ? TableCoding.Previous : TableCoding.Shape); p++)
            {
                TableCoding.Predict(local[..sample], plan.Values.Shapes, p, lastOfShape, codes);
                var bits = IntegerCoding.PlaneBits(codes[..sample]) * count / sample;
                (predictor, best) = bits < best ? (p, bits) : (predictor, best);
            }

            best += tableNumbers.Count * 3;
        }

        var directory = streams.Directory;
        if (tableNumbers.Count * RepeatsMin > count && IntegerCoding.EstimateBits(numbers) < best)
        {
            directory.Byte((byte)Coding.Pool);
            directory.Byte((byte)pool);
            IntegerCoding.Write(streams, numbers);
            Done();
            return;
        }

        directory.Byte((byte)Coding.Table);
        directory.Byte((byte)pool);
        directory.Byte(predictor);
        directory.Number(tableNumbers.Count);
        var before = 0;
        foreach (var number in tableNumbers)
        {
            directory.Signed(number - before);
            before = number;
        }

        TableCoding.Predict(local, plan.Values.Shapes, predictor, lastOfShape, codes);
        TableCoding.Write(streams, codes, tableNumbers.Count + (predictor > 0 ? 1 : 0));
        Done();

        void Done()
        {
            longs.Return(codesTaken);
            longs.Return(numbersTaken);
            ints.Return(localTaken);
        }
    }

    private int PoolOf(int key)
    {
        if (!poolIndex.TryGetValue(key, out var index))
        {
            index = pools.Count;
            poolIndex.Add(key, index);
            pools.Add(new Pool());
        }

        return index;
    }

    private void Room()
    {
        if (locals.Length < table.Count)
        {
            Array.Resize(ref locals, table.Count * 2);
        }
    }
}
