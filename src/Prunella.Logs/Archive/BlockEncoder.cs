using System.Buffers;
using Prunella.Logs.Query;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>Turns a table of lines into the streams and the directory of a columnar block.</summary>
internal sealed class BlockEncoder
{
    // Below this a shape's own columns cost more than they save.
    private const int OwnColumnsFromLines = 8;

    private readonly ColumnEncoder columns;
    private ColumnPlan[] planned = [];
    private List<BlockShape> shapes = [];
    private Piece[] pieces = [];
    private int[] shapeOfValue = [];
    private readonly KeySet keys = new();

    internal BlockEncoder() => columns = new ColumnEncoder(Streams);

    /// <summary>Columns of the block encoded last.</summary>
    internal ColumnPlan[] Planned => planned;

    internal BlockStreams Streams { get; } = new();

    internal void Encode(LineTable lines, int[] templateOfShape)
    {
        Streams.Clear();
        var kinds = Assign(lines.Shapes);
        var values = Scatter(lines, kinds);
        var plans = columns.Plan(lines.Raw, values, lines.Shapes.Count);
        var times = Times(lines, plans);
        WriteShapes(lines, plans, templateOfShape);
        WriteLines(lines, times);
        foreach (var plan in plans)
        {
            columns.Write(plan);
        }

        columns.WritePools(lines.Raw);
        planned = plans;
        shapes = lines.Shapes;
    }

    /// <summary>A filter of the values of the block encoded last, and of the words of its literals; null when it would take too much.</summary>
    internal ValueFilter? Filter(int bytesMax)
    {
        keys.Clear();
        columns.AddKeys(keys);
        foreach (var plan in planned)
        {
            // Time columns are left out: their values are asked for as times.
            columns.AddKeys(plan, keys);
            if (keys.Count > bytesMax * 2)
            {
                return null;
            }
        }

        foreach (var shape in shapes)
        {
            for (var s = 0; s <= shape.Slots; s++)
            {
                AddWords(shape.Literals.Span[(s == 0 ? 0 : shape.LiteralEnds[s - 1])..shape.LiteralEnds[s]], keys);
            }
        }

        return ValueFilter.Build(keys.All, bytesMax);
    }

    private static void AddWords(ReadOnlySpan<byte> literal, KeySet keys)
    {
        for (var at = 0; at < literal.Length; at++)
        {
            var from = at;
            while (at < literal.Length && FieldName.IsKeyByte(literal[at]))
            {
                at++;
            }

            if (at > from)
            {
                keys.Add(ValueFilter.Key(literal[from..at]));
            }
        }
    }

    // Header slots of a layout share columns; a frequent shape's other slots have their own; the rest goes together by kind.
    private static List<(SlotKind Kind, bool IsShared)> Assign(List<BlockShape> shapes)
    {
        var kinds = new List<(SlotKind, bool)>();
        var shared = new Dictionary<(ulong, int, SlotKind), int>();
        foreach (var shape in shapes)
        {
            shape.Columns = new int[shape.Slots];
            for (var s = 0; s < shape.Slots; s++)
            {
                var kind = shape.Kinds[s];
                var isHeader = s < shape.HeaderSlots;
                if (!isHeader && (shape.Lines >= OwnColumnsFromLines || shape.Source is null))
                {
                    shape.Columns[s] = kinds.Count;
                    kinds.Add((kind, false));
                    continue;
                }

                var key = isHeader ? (shape.Template.Layout, s, kind) : (0UL, -1, kind);
                if (!shared.TryGetValue(key, out var column))
                {
                    column = kinds.Count;
                    shared.Add(key, column);
                    kinds.Add((kind, true));
                }

                shape.Columns[s] = column;
            }
        }

        return kinds;
    }

    private List<(Values, SlotKind)> Scatter(LineTable lines, List<(SlotKind Kind, bool IsShared)> kinds)
    {
        if (pieces.Length < lines.SlotCount)
        {
            pieces = new Piece[lines.Slots.Length];
            shapeOfValue = new int[pieces.Length];
        }

        var next = new int[kinds.Count + 1];
        foreach (var shape in lines.Shapes)
        {
            foreach (var column in shape.Columns)
            {
                next[column + 1] += shape.Lines;
            }
        }

        for (var c = 1; c < next.Length; c++)
        {
            next[c] += next[c - 1];
        }

        var from = next.AsSpan().ToArray();
        var columnsOf = lines.Shapes.ConvertAll(static shape => shape.Columns).ToArray();
        var slots = lines.Slots;
        var slot = 0;
        foreach (var index in lines.ShapeOfLine)
        {
            foreach (var column in columnsOf[index])
            {
                var at = next[column]++;
                pieces[at] = slots[slot++];
                shapeOfValue[at] = index;
            }
        }

        var values = new List<(Values, SlotKind)>(kinds.Count);
        for (var c = 0; c < kinds.Count; c++)
        {
            // In a shape's own column the value of the shape's last line is the value before.
            values.Add((new Values(lines.Raw, new ArraySegment<Piece>(pieces, from[c], from[c + 1] - from[c]), kinds[c].IsShared ? shapeOfValue : null), kinds[c].Kind));
        }

        return values;
    }

    // A line's time follows from its timestamp's column where the difference is the same for all; the times of other lines are written.
    private static List<long> Times(LineTable lines, ColumnPlan[] plans)
    {
        var row = new int[plans.Length];
        var differs = new bool[plans.Length];
        var timed = lines.Shapes.Select(shape => Enumerable.Range(0, shape.Columns.Length).Where(s => plans[shape.Columns[s]].Coding == Coding.Time).ToArray()).ToArray();
        for (var n = 0; n < lines.Lines; n++)
        {
            var shape = lines.Shapes[lines.ShapeOfLine[n]];
            foreach (var s in timed[lines.ShapeOfLine[n]])
            {
                var column = shape.Columns[s];
                if (s == shape.TimeSlot)
                {
                    var plan = plans[column];
                    var offset = lines.Ticks[n] - plan.Pattern!.Ticks(plan.Numbers[row[column]]);
                    plan.TickOffset ??= offset;
                    differs[column] |= plan.TickOffset != offset;
                }

                row[column]++;
            }
        }

        for (var c = 0; c < plans.Length; c++)
        {
            plans[c].TickOffset = differs[c] ? null : plans[c].TickOffset;
        }

        var others = new List<long>();
        for (var n = 0; n < lines.Lines; n++)
        {
            var shape = lines.Shapes[lines.ShapeOfLine[n]];
            if (shape.TimeSlot < 0 || plans[shape.Columns[shape.TimeSlot]].TickOffset is null)
            {
                others.Add(lines.Ticks[n]);
            }
        }

        return others;
    }

    private void WriteShapes(LineTable lines, ColumnPlan[] plans, int[] templateOfShape)
    {
        var directory = Streams.Directory;
        directory.Number(lines.Shapes.Count);
        foreach (var shape in lines.Shapes)
        {
            directory.Number(shape.Slots);
        }

        foreach (var shape in lines.Shapes)
        {
            var literals = shape.Literals.Span;
            for (var s = 0; s <= shape.Slots; s++)
            {
                var from = s == 0 ? 0 : shape.LiteralEnds[s - 1];
                directory.Sized(literals[from..shape.LiteralEnds[s]]);
            }
        }

        var template = 0;
        var columnsSeen = 0;
        for (var n = 0; n < lines.Shapes.Count; n++)
        {
            var shape = lines.Shapes[n];
            directory.Number(shape.Lines);
            directory.Signed(templateOfShape[n] - template);
            template = templateOfShape[n];
            directory.Number(shape.HeaderSlots);
            directory.Byte(shape.LevelMixed ? (byte)0xFF : (byte)shape.Level);
            directory.Number(shape.Service + 1);
            directory.Number(shape.TimeSlot >= 0 && plans[shape.Columns[shape.TimeSlot]].TickOffset is not null ? shape.TimeSlot + 1 : 0);
            foreach (var column in shape.Columns)
            {
                // 0 is the next column that no shape had before, n the one n before that.
                directory.Number(columnsSeen - column);
                columnsSeen += column == columnsSeen ? 1 : 0;
            }
        }

        foreach (var kind in KindsOf(lines.Shapes, plans.Length))
        {
            directory.Byte((byte)kind);
        }

        static SlotKind[] KindsOf(List<BlockShape> shapes, int columns)
        {
            var kinds = new SlotKind[columns];
            foreach (var shape in shapes)
            {
                for (var s = 0; s < shape.Slots; s++)
                {
                    kinds[shape.Columns[s]] = shape.Kinds[s];
                }
            }

            return kinds;
        }
    }

    private void WriteLines(LineTable lines, List<long> times)
    {
        var count = lines.Lines;
        var levels = new ByteSink();
        var services = new List<long>();
        for (var n = 0; n < count; n++)
        {
            var shape = lines.Shapes[lines.ShapeOfLine[n]];
            if (shape.LevelMixed)
            {
                levels.Byte(lines.Levels[n]);
            }

            if (shape.Service == BlockShape.Mixed)
            {
                services.Add(lines.ServiceOfLine[n]);
            }
        }

        var indices = lines.ShapeOfLine;
        var rented = ArrayPool<byte>.Shared.Rent(count);
        var plane = rented.AsSpan(0, count);
        for (var b = 0; b < (lines.Shapes.Count > 256 ? 2 : 1); b++)
        {
            for (var n = 0; n < plane.Length; n++)
            {
                plane[n] = (byte)(indices[n] >> (8 * b));
            }

            Streams.Add(b == 0 ? StreamKind.Shapes : StreamKind.Planes, plane, count);
        }

        ArrayPool<byte>.Shared.Return(rented);
        Streams.Add(StreamKind.Planes, lines.Ends, count);
        Streams.Add(StreamKind.Indices, levels.Written, -1);
        WriteOptional(services);
        WriteOptional(times);
    }

    private void WriteOptional(List<long> numbers)
    {
        Streams.Directory.Number(numbers.Count);
        if (numbers.Count > 0)
        {
            IntegerCoding.Write(Streams, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(numbers));
        }
    }
}
