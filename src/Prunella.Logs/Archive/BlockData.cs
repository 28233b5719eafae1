using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>A columnar block: its directory read, its streams decompressed as they are asked for.</summary>
internal sealed class BlockData
{
    private const int ShapesMax = 1 << 16;
    private const int SlotsMax = 1 << 13;
    private readonly ValueColumn[] pools;
    private readonly StreamRef shapeLow, shapeHigh, ends, levels;
    private readonly IntegerSequence? services, times;
    private readonly int serviceCount, timeCount;
    private readonly ColumnValues?[] poolValues;
    private int[]? shapeOfLine;
    private int[][]? linesOfShape;
    private long[]? ticks;

    /// <exception cref="InvalidDataException">The block cannot be.</exception>
    internal BlockData(BlockMeta meta, byte[] metaBytes, byte[] data, ZstdFrames frames)
    {
        Meta = meta;
        var source = new ByteSource(data);
        var packing = (Packing)source.Byte();
        var directoryLength = source.Count(DirectoryReader.StreamBytesMax);
        AdaptiveCoder.Decoder? decoder = null;
        byte[] directoryBytes;
        if (packing == Packing.Adaptive)
        {
            var bytes = directoryLength + source.Count(AdaptiveBytesMax);
            decoder = new AdaptiveCoder.Decoder(data, data.Length - source.Left, metaBytes, bytes);
            directoryBytes = decoder.Decode(StreamKind.Directory, directoryLength);
        }
        else if (packing == Packing.Zstd)
        {
            directoryBytes = frames.Decompress(source.Sized(), directoryLength, metaBytes);
        }
        else
        {
            throw ByteSource.Damaged();
        }

        var directory = new DirectoryReader(directoryBytes);
        Shapes = ReadShapes(directory, out var kinds);
        Kinds = kinds;
        shapeLow = directory.Stream(meta.Lines);
        shapeHigh = Shapes.Count > 256 ? directory.Stream(meta.Lines) : default;
        ends = directory.Stream(meta.Lines);
        levels = directory.Stream(-1);
        serviceCount = directory.Count(meta.Lines);
        services = serviceCount > 0 ? new IntegerSequence(directory, serviceCount) : null;
        timeCount = directory.Count(meta.Lines);
        times = timeCount > 0 ? new IntegerSequence(directory, timeCount) : null;
        RowsOf = CountRows(Shapes, kinds.Length);
        Columns = new ValueColumn[kinds.Length];
        for (var c = 0; c < Columns.Length; c++)
        {
            Columns[c] = new ValueColumn(directory, RowsOf[c]);
        }

        pools = new ValueColumn[directory.Count(ColumnEncoder.PoolsMax)];
        poolValues = new ColumnValues[pools.Length];
        for (var p = 0; p < pools.Length; p++)
        {
            pools[p] = new ValueColumn(directory, directory.Count(DirectoryReader.StreamBytesMax), ofPool: true);
        }

        Sections = decoder is null ? OpenSections(directory, data, source, frames) : DecodeAll(directory, decoder);
    }

    internal const int AdaptiveBytesMax = 8 << 20;

    internal BlockMeta Meta { get; }

    internal IReadOnlyList<StoredShape> Shapes { get; }

    /// <summary>What the slots of each column hold.</summary>
    internal SlotKind[] Kinds { get; }

    internal ValueColumn[] Columns { get; }

    /// <summary>Values of each column.</summary>
    internal int[] RowsOf { get; }

    internal BlockSections Sections { get; private set; }

    /// <summary>Shape of every line.</summary>
    internal int[] ShapeOfLine => shapeOfLine ??= DecodeShapes();

    /// <summary>How every line ends, as <see cref="LineEnd"/>.</summary>
    internal ReadOnlySpan<byte> Ends => Sections.Get(ends, Meta.Lines);

    /// <summary>Values of a pool.</summary>
    internal ColumnValues Pool(int number) =>
        (uint)number < (uint)pools.Length ? poolValues[number] ??= pools[number].Decode(this, -1) : throw ByteSource.Damaged();

    /// <summary>The pool's own coding, to be searched without building all values.</summary>
    internal int PoolCount => pools.Length;

    /// <summary>Values of a column.</summary>
    internal ColumnValues Values(int column) => Columns[column].Decode(this, column);

    /// <summary>Shape of the line of each value of a column.</summary>
    internal int[] ShapesOfRows(int column)
    {
        var result = new int[RowsOf[column]];
        var slots = new int[Shapes.Count];
        for (var s = 0; s < slots.Length; s++)
        {
            slots[s] = Shapes[s].Columns.AsSpan().Count(column);
        }

        // Most columns belong to one shape.
        if (slots.AsSpan().Count(0) == slots.Length - 1)
        {
            Array.Fill(result, slots.AsSpan().IndexOfAnyExcept(0));
            return result;
        }

        var next = 0;
        foreach (var shape in ShapeOfLine)
        {
            for (var n = 0; n < slots[shape]; n++)
            {
                result[next++] = shape;
            }
        }

        return result;
    }

    /// <summary>Lines of each shape, in order.</summary>
    internal int[][] LinesOfShape => linesOfShape ??= FindLines();

    /// <summary>Ticks of every line, 0 where it has none.</summary>
    internal long[] Ticks => ticks ??= DecodeTicks();

    /// <summary>Level of every line.</summary>
    internal Severity[] DecodeLevels()
    {
        var mixed = Sections.Get(levels, -1);
        var result = new Severity[Meta.Lines];
        var next = 0;
        for (var n = 0; n < result.Length; n++)
        {
            var level = Shapes[ShapeOfLine[n]].Level;
            if (level is null && next == mixed.Length)
            {
                throw ByteSource.Damaged();
            }

            result[n] = level ?? (Severity)mixed[next++];
        }

        return result;
    }

    /// <summary>Index of every line's service.</summary>
    internal int[] DecodeServices()
    {
        var mixed = services?.Decode(Sections) ?? [];
        var result = new int[Meta.Lines];
        var next = 0;
        for (var n = 0; n < result.Length; n++)
        {
            var service = Shapes[ShapeOfLine[n]].Service;
            result[n] = service >= 0 ? service : next < mixed.Length ? (int)mixed[next++] : throw ByteSource.Damaged();
        }

        return result;
    }

    private static List<StoredShape> ReadShapes(DirectoryReader directory, out SlotKind[] kinds)
    {
        var slots = new int[directory.Count(ShapesMax)];
        for (var n = 0; n < slots.Length; n++)
        {
            slots[n] = directory.Count(SlotsMax);
        }

        var shapes = new List<StoredShape>(slots.Length);
        foreach (var count in slots)
        {
            var literals = new byte[count + 1][];
            for (var s = 0; s < literals.Length; s++)
            {
                literals[s] = directory.Sized();
            }

            shapes.Add(new StoredShape { Literals = literals, LiteralBytes = literals.Sum(static l => l.Length) });
        }

        long template = 0;
        var columns = 0;
        foreach (var shape in shapes)
        {
            shape.Lines = directory.Count(LineTable.LinesMax);
            template += directory.Signed();
            shape.Template = template is >= 0 and < ShapesMax ? (int)template : throw ByteSource.Damaged();
            shape.HeaderSlots = directory.Count(shape.Literals.Length - 1);
            var level = directory.Byte();
            shape.Level = level == 0xFF ? null : (Severity)level;
            shape.Service = directory.Count(1 << 16) - 1;
            shape.TimeSlot = directory.Count(shape.Literals.Length - 1) - 1;
            shape.Columns = new int[shape.Literals.Length - 1];
            for (var s = 0; s < shape.Columns.Length; s++)
            {
                shape.Columns[s] = columns - directory.Count(columns);
                columns += shape.Columns[s] == columns ? 1 : 0;
            }
        }

        kinds = new SlotKind[columns];
        for (var c = 0; c < columns; c++)
        {
            kinds[c] = (SlotKind)directory.Byte();
        }

        return shapes;
    }

    private static int[] CountRows(IReadOnlyList<StoredShape> shapes, int columns)
    {
        var rows = new int[columns];
        foreach (var shape in shapes)
        {
            foreach (var column in shape.Columns)
            {
                rows[column] = checked(rows[column] + shape.Lines);
            }
        }

        return rows;
    }

    private static BlockSections OpenSections(DirectoryReader directory, byte[] data, ByteSource source, ZstdFrames frames)
    {
        var lengths = directory.Placement.SectionBytes;
        var packed = new int[lengths.Count];
        for (var n = 0; n < packed.Length; n++)
        {
            var length = source.Signed();
            packed[n] = Math.Abs(length) <= data.Length ? (int)length : throw ByteSource.Damaged();
        }

        return new BlockSections(data, data.Length - source.Left, packed, lengths, frames);
    }

    private static BlockSections DecodeAll(DirectoryReader directory, AdaptiveCoder.Decoder decoder)
    {
        if (directory.StoredBytes > AdaptiveBytesMax)
        {
            throw ByteSource.Damaged();
        }

        var whole = new byte[directory.StoredBytes];
        var at = 0;
        foreach (var (kind, length) in directory.Stored)
        {
            decoder.Decode(kind, length).CopyTo(whole, at);
            at += length;
        }

        return new BlockSections(whole);
    }

    private int[] DecodeShapes()
    {
        var low = Sections.Get(shapeLow, Meta.Lines);
        var high = Shapes.Count > 256 ? Sections.Get(shapeHigh, Meta.Lines) : default;
        var result = new int[Meta.Lines];
        var counts = new int[Shapes.Count];
        for (var n = 0; n < result.Length; n++)
        {
            var shape = low[n] | (high.IsEmpty ? 0 : high[n] << 8);
            result[n] = shape < counts.Length ? shape : throw ByteSource.Damaged();
            counts[shape]++;
        }

        for (var s = 0; s < counts.Length; s++)
        {
            if (counts[s] != Shapes[s].Lines)
            {
                throw ByteSource.Damaged();
            }
        }

        return result;
    }

    private int[][] FindLines()
    {
        var result = new int[Shapes.Count][];
        for (var s = 0; s < result.Length; s++)
        {
            result[s] = new int[Shapes[s].Lines];
        }

        var next = new int[result.Length];
        for (var n = 0; n < ShapeOfLine.Length; n++)
        {
            var shape = ShapeOfLine[n];
            result[shape][next[shape]++] = n;
        }

        return result;
    }

    private long[] DecodeTicks()
    {
        var result = new long[Meta.Lines];
        var others = times?.Decode(Sections) ?? [];
        var units = new long[Columns.Length][];
        var row = new int[Columns.Length];
        var other = 0;
        for (var n = 0; n < result.Length; n++)
        {
            var shape = Shapes[ShapeOfLine[n]];
            if (shape.TimeSlot < 0)
            {
                result[n] = other < others.Length ? others[other++] : throw ByteSource.Damaged();
            }

            for (var s = 0; s < shape.Columns.Length; s++)
            {
                var c = shape.Columns[s];
                if (s == shape.TimeSlot)
                {
                    var column = Columns[c];
                    var pattern = column.Pattern ?? throw ByteSource.Damaged();
                    units[c] ??= column.Units(Sections);
                    result[n] = unchecked(pattern.Ticks(units[c][row[c]]) + column.TickOffset);
                }

                row[c]++;
            }
        }

        return result;
    }
}
