using System.Runtime.InteropServices;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

// A line costs its parse, a compare of its literals (~40 ns) and 8 bytes stored a slot; values stay where they are in the raw block.

/// <summary>How a line ends in the input.</summary>
internal enum LineEnd : byte
{
    LineFeed,
    CarriageReturnLineFeed,
    None,
}

/// <summary>The lines of one block, cut and parsed: shape, slots, time, level and service of each.</summary>
internal sealed class LineTable(LogParser parser)
{
    internal const int LinesMax = 1 << 20;

    // Longer lines are dumps; their slots would be kept as one anyway.
    private const int ParsedBytesMax = 32 << 10;

    // What is learned of as many lines is most of what is ever learned; to parse all of a block twice was a thirtieth of archiving 280 MB.
    private const int LookAheadLines = 20_000;

    private readonly Dictionary<ulong, int> byId = [];
    private readonly Dictionary<ulong, int> serviceIndex = [];
    private long generation;
    private byte[] raw = [];
    private int[] starts = [], shapes = [];
    private byte[] ends = [], levels = [];
    private long[] ticks = [];
    private ushort[] serviceOf = [];
    private int shapesMax;

    internal List<BlockShape> Shapes { get; } = [];

    internal List<byte[]> Services { get; } = [];

    internal int Lines { get; private set; }

    /// <summary>Bytes of the block, terminators included.</summary>
    internal int Bytes { get; private set; }

    internal int SlotCount { get; private set; }

    internal byte[] Raw => raw;

    /// <summary>Values of all lines, one line's behind the other's; <see cref="SlotCount"/> of them.</summary>
    internal Piece[] Slots { get; private set; } = [];

    internal ReadOnlySpan<int> ShapeOfLine => shapes.AsSpan(0, Lines);

    internal ReadOnlySpan<long> Ticks => ticks.AsSpan(0, Lines);

    internal ReadOnlySpan<byte> Levels => levels.AsSpan(0, Lines);

    internal ReadOnlySpan<ushort> ServiceOfLine => serviceOf.AsSpan(0, Lines);

    internal ReadOnlySpan<byte> Ends => ends.AsSpan(0, Lines);

    /// <summary>Cuts and parses lines until the bytes end or the block has <see cref="LinesMax"/> lines.</summary>
    /// <param name="block">The bytes; they are read until the block is written.</param>
    /// <param name="length">How many of them.</param>
    /// <param name="twice">True parses the first lines once before, so that they are named by what those behind them taught.</param>
    /// <returns>Bytes taken.</returns>
    internal int Parse(byte[] block, int length, bool twice)
    {
        raw = block;
        Cut(length);
        if (twice)
        {
            var ahead = Math.Min(Lines, LookAheadLines);
            for (var n = 0; n < ahead; n++)
            {
                parser.Learn(Line(n));
            }

            for (var n = 0; n < ahead; n++)
            {
                parser.Parse(Line(n));
            }

            parser.Refine();
        }

        generation++;
        byId.Clear();
        serviceIndex.Clear();
        Services.Clear();
        Shapes.Clear();
        Shapes.Add(new BlockShape { Service = 0 });
        Services.Add([]);
        SlotCount = 0;

        // Where nearly every line has its own shape, shapes cost more than they save.
        shapesMax = 256 + Math.Min(Lines / 4, 32_768);
        for (var n = 0; n < Lines; n++)
        {
            Add(n);
        }

        return Bytes;
    }

    internal ReadOnlySpan<byte> Line(int n)
    {
        var next = n + 1 < Lines ? starts[n + 1] : Bytes;
        return raw.AsSpan(starts[n], next - starts[n] - EndBytes((LineEnd)ends[n]));
    }

    internal static int EndBytes(LineEnd end) => end switch { LineEnd.LineFeed => 1, LineEnd.CarriageReturnLineFeed => 2, _ => 0 };

    private void Cut(int length)
    {
        Lines = 0;
        var at = 0;
        while (at < length && Lines < LinesMax)
        {
            if (Lines == starts.Length)
            {
                GrowLines();
            }

            starts[Lines] = at;
            var found = raw.AsSpan(at, length - at).IndexOf((byte)'\n');
            var end = found < 0 ? length : at + found;
            ends[Lines] = (byte)(found < 0 ? LineEnd.None : end > at && raw[end - 1] == '\r' ? LineEnd.CarriageReturnLineFeed : LineEnd.LineFeed);
            Lines++;
            at = found < 0 ? length : end + 1;
        }

        Bytes = at;
    }

    private void Add(int n)
    {
        var line = Line(n);
        if (line.Length > ParsedBytesMax)
        {
            AddRaw(n, line.Length);
            return;
        }

        var parsed = parser.Parse(line);
        var index = IndexOf(parsed);
        var shape = Shapes[index];
        if (index == 0 || !Matches(shape, starts[n], line.Length, parsed.Slots))
        {
            AddRaw(n, line.Length);
            return;
        }

        // Most lines of a shape are of one service.
        var service = shape.Lines > 0 && shape.Service != BlockShape.Mixed && parsed.Service.SequenceEqual(Services[shape.Service]) ? shape.Service : ServiceIndex(parsed.Service);
        if (shape.Lines == 0)
        {
            shape.Level = parsed.Level;
            shape.Service = service;
            shape.TimeSlot = parsed.TimeTicks == 0 ? -1 : SlotAt(parsed.Slots, parsed.Time);
        }
        else
        {
            shape.LevelMixed |= shape.Level != parsed.Level;
            shape.Service = shape.Service == service ? service : BlockShape.Mixed;
        }

        shape.Lines++;
        shapes[n] = index;
        ticks[n] = parsed.TimeTicks;
        levels[n] = (byte)parsed.Level;
        serviceOf[n] = (ushort)service;
        SlotCount += parsed.Slots.Length;
    }

    private void AddRaw(int n, int length)
    {
        Shapes[0].Lines++;
        shapes[n] = 0;
        ticks[n] = 0;
        levels[n] = 0;
        serviceOf[n] = 0;
        Room(1);
        Slots[SlotCount++] = new Piece(starts[n], length);
    }

    private void Room(int more)
    {
        if (SlotCount + more > Slots.Length)
        {
            var larger = Slots;
            Array.Resize(ref larger, Math.Max(1 << 16, (SlotCount + more) * 2));
            Slots = larger;
        }
    }

    private int IndexOf(in ParsedLine parsed)
    {
        var shape = parsed.Shape;
        if (shape.ArchivedIn == generation && ReferenceEquals(shape.ArchivedBy, this))
        {
            return shape.ArchivedAs;
        }

        // Shapes of words that vary differ only in what is in their slots: the same id, the same shape.
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(byId, Mix.Add(shape.Id, parsed.Template.Id.Value), out var exists);
        if (!exists && Shapes.Count < shapesMax)
        {
            known = Shapes.Count;
            Shapes.Add(Create(parsed));
        }

        (shape.ArchivedBy, shape.ArchivedIn, shape.ArchivedAs) = (this, generation, known);
        return known;
    }

    private static BlockShape Create(in ParsedLine parsed)
    {
        var kinds = new SlotKind[parsed.Slots.Length];
        var header = 0;
        for (var s = 0; s < kinds.Length; s++)
        {
            kinds[s] = parsed.Slots[s].Kind;
            header += parsed.Slots[s].End <= parsed.MessageStart ? 1 : 0;
        }

        var ends = new int[parsed.Shape.Slots + 1];
        for (var s = 0; s < ends.Length; s++)
        {
            ends[s] = parsed.Shape.LiteralEnds[s];
        }

        var padded = new byte[parsed.Shape.Literals.Length + 16];
        parsed.Shape.Literals.Span.CopyTo(padded);
        return new BlockShape
        {
            Source = parsed.Shape, Template = parsed.Template, Literals = parsed.Shape.Literals, PaddedLiterals = padded, LiteralEnds = ends, HeaderSlots = header, Kinds = kinds,
        };
    }

    // A shape is found by a hash; what is written must be certain. Most literals are a word or two: compared without a branch on their
    // length. The slots are noted in the same walk; where a literal differs they are written over.
    private bool Matches(BlockShape shape, int start, int length, ReadOnlySpan<Token> slots)
    {
        var ends = shape.LiteralEnds;
        if (slots.Length != ends.Length - 1)
        {
            return false;
        }

        Room(slots.Length);
        var noted = Slots.AsSpan(SlotCount, slots.Length);
        var literals = shape.PaddedLiterals;
        int at = 0, literal = 0;
        for (var s = 0; s < ends.Length; s++)
        {
            var to = s < slots.Length ? slots[s].Start : length;
            var bytes = ends[s] - literal;
            if (to - at != bytes)
            {
                return false;
            }

            var same = bytes <= 16 && start + at + 16 <= raw.Length
                ? Mix.Same(ref raw[start + at], ref literals[literal], bytes)
                : raw.AsSpan(start + at, bytes).SequenceEqual(literals.AsSpan(literal, bytes));
            if (!same)
            {
                return false;
            }

            literal += bytes;
            if (s < noted.Length)
            {
                noted[s] = new Piece(start + to, slots[s].Length);
                at = slots[s].End;
            }
        }

        return true;
    }

    private static int SlotAt(ReadOnlySpan<Token> slots, Range range)
    {
        for (var s = 0; s < slots.Length; s++)
        {
            if (slots[s].Start == range.Start.Value && slots[s].End == range.End.Value)
            {
                return s;
            }
        }

        return -1;
    }

    private int ServiceIndex(ReadOnlySpan<byte> service)
    {
        if (service.IsEmpty)
        {
            return 0;
        }

        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(serviceIndex, Mix.Bytes(service), out var known);
        if (!known)
        {
            if (Services.Count > ushort.MaxValue)
            {
                return 0;
            }

            index = Services.Count;
            Services.Add(service.ToArray());
        }

        return Services[index].AsSpan().SequenceEqual(service) ? index : 0;
    }

    private void GrowLines()
    {
        var size = Math.Max(1 << 14, starts.Length * 2);
        Array.Resize(ref starts, size);
        Array.Resize(ref shapes, size);
        Array.Resize(ref ends, size);
        Array.Resize(ref levels, size);
        Array.Resize(ref ticks, size);
        Array.Resize(ref serviceOf, size);
    }
}
