using System.Runtime.CompilerServices;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

// 140 B a line; 660 ns a line is 1.5 M lines/s. Header ~100 ns, tokens ~250 ns, hash ~100 ns, look-up ~20 ns; mining only on the
// first sight of a shape, a few thousand times however long the stream.

/// <summary>
/// Turns lines into fields, template and slots, and learns layouts and templates while it does. One pass, no configuration, bounded
/// memory, no allocation for lines whose shape was seen before. Not thread-safe: one parser a thread; parsers that saw the same
/// forms agree on ids.
/// </summary>
public sealed class LogParser
{
    // Header and message each have at most TokensMax, and an anchor or two more.
    private const int TokenRoom = (2 * MessageTokenizer.TokensMax) + 64;

    private readonly LogParserOptions options;
    private readonly MissingYear years;
    private readonly LayoutLearner layouts = new();
    private readonly TemplateMiner miner;
    private readonly ShapeTable shapes;
    private readonly KnownHeaders? known;
    private readonly HeaderAnchor[] anchors = new HeaderAnchor[HeaderScanner.AnchorsMax];
    private readonly ByteMap map = new();
    private readonly Token[] tokens = new Token[TokenRoom];
    private readonly Token[] slots = new Token[TokenRoom];
    private readonly Token[] woven = new Token[TokenRoom];

    /// <summary>Makes a parser that knows nothing yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public LogParser(LogParserOptions? options = null)
        : this(options, knowsHeaders: true)
    {
    }

    /// <summary>A parser that scans every header, which must come to the same.</summary>
    internal LogParser(LogParserOptions? options, bool knowsHeaders)
    {
        this.options = options ?? new LogParserOptions();
        this.options.Validate();
        years = new MissingYear(this.options.Year, this.options.Clock);
        miner = new TemplateMiner(this.options.TemplatesMax);
        shapes = new ShapeTable(this.options.TemplatesMax);
        known = knowsHeaders ? new KnownHeaders() : null;
    }

    /// <summary>Lines parsed.</summary>
    public long Lines { get; private set; }

    /// <summary>Templates that went because there were too many.</summary>
    public long TemplatesEvicted => miner.Evicted;

    /// <summary>All templates known.</summary>
    public IReadOnlyCollection<Template> Templates => miner.Templates;

    /// <summary>Looks at a line's header without parsing it, so that the layout is known before the first line is parsed.</summary>
    public void Learn(ReadOnlySpan<byte> line)
    {
        line = line[CriPrefix.Length(line, out _, out _)..];
        if (line.Length > 0 && line[0] != '{')
        {
            var n = HeaderScanner.Scan(line, anchors, out _);
            layouts.Learn(anchors.AsSpan(0, n));
        }
    }

    /// <summary>Writes what was learned, so that another parser (after a restart) gives the same ids.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ParserSnapshot.Write(stream, layouts, miner, Lines);
    }

    /// <summary>Replaces what was learned by what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream is no snapshot, or it is torn or damaged; what was learned is then lost.</exception>
    public void Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        shapes.Clear();
        Lines = ParserSnapshot.Read(stream, layouts, miner);
    }

    /// <summary>Ticks of a line's timestamp, 0 when it has none; the line is not counted and nothing is learned of it.</summary>
    public long TimeOf(ReadOnlySpan<byte> line)
    {
        LineFields fields = default;
        var prefix = CriPrefix.Length(line, out var ticks, out _);
        if (prefix == 0)
        {
            Read(line, ref fields);
        }

        return prefix > 0 ? ticks : fields.Ticks;
    }

    /// <summary>Groups everything seen so far into templates. Runs by itself as forms are found; call it at the end of a stream.</summary>
    public void Refine() => miner.Refine();

    /// <summary>Parses one line, without its terminator. The result holds until the next call.</summary>
    public ParsedLine Parse(ReadOnlySpan<byte> line)
    {
        Lines++;
        if (LayoutLearner.Wants(Lines))
        {
            Learn(line);
        }

        LineFields fields = default;
        var prefix = CriPrefix.Length(line, out var criTicks, out var criTime);
        if (prefix == 0)
        {
            Read(line, ref fields);
        }
        else
        {
            ReadInner(line, prefix, criTicks, criTime, ref fields);
        }

        var found = slots.AsSpan(0, fields.Slots);
        var key = Hash(fields, line, found);
        var entry = shapes.Find(key);
        if (entry is null || entry.Skeleton.SamplesNext)
        {
            entry = Study(entry, key, fields, line);
        }

        var skeleton = entry.Skeleton;
        var first = skeleton.Lines == 0 && skeleton.Template.Lines == 0;
        skeleton.Count(fields.Ticks);
        if (entry.Version != miner.Version)
        {
            Reshape(entry, fields, line, found);
        }

        if (entry.VaryingWords is { } varying)
        {
            found = Weave(found, varying);
        }

        return new ParsedLine
        {
            Raw = line,
            TimeTicks = fields.Ticks,
            Time = fields.Time,
            Level = fields.Level,
            Service = line[fields.Service],
            Format = fields.Format,
            MessageStart = fields.MessageFrom,
            MessageEnd = fields.MessageTo,
            IsFirst = first,
            Template = skeleton.Template,
            Shape = entry.Shape!,
            Slots = found,
        };
    }

    private void Read(ReadOnlySpan<byte> line, ref LineFields fields)
    {
        map.Build(line);
        if (known?.Find(line, map, layouts.Version) is { } header && TryKnown(line, header, ref fields))
        {
            return;
        }

        if (options.Format == LineFormat.Text || line.Length < 2 || !TryStructured(line, ref fields))
        {
            ReadText(line, ref fields);
        }
    }

    // A header as that of a line before; its timestamp is its own.
    private bool TryKnown(ReadOnlySpan<byte> line, KnownHeader header, ref LineFields fields)
    {
        if (!header.TryTime(line, out var ticks) || !layouts.AcceptsFirst(header.First))
        {
            return false;
        }

        fields = header.Fields;
        fields.Ticks = TimestampScanner.LacksYear(header.Time.Format) ? years.Complete(ticks) : ticks;
        fields.MessageTo = line.Length;
        header.Tokens.CopyTo(slots);
        fields.Slots = MessageTokenizer.Tokenize(line, map, fields.MessageFrom, line.Length, slots, header.Tokens.Length, words: false);
        return true;
    }

    private bool TryStructured(ReadOnlySpan<byte> line, ref LineFields fields) =>
        (line[0] == '{' && options.Format != LineFormat.Logfmt && JsonLine.TryRead(line, map, slots, years, ref fields))
        || (options.Format != LineFormat.Json && LogfmtLine.MayBe(line) && LogfmtLine.TryRead(line, map, slots, years, ref fields));

    // Not inlined: its own few locals to clear, not those of every format.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadText(ReadOnlySpan<byte> line, ref LineFields fields)
    {
        if (Syslog5424.TryRead(line, map, slots, ref fields))
        {
            return;
        }

        fields = default;
        var header = layouts.Read(line, anchors, out var ticks);
        var columns = anchors.AsSpan(0, header.Anchors);
        HeaderFields.Read(line, columns, ticks, years, ref fields);
        fields.Layout = header.Layout;
        fields.MessageFrom = header.End;
        fields.MessageTo = line.Length;
        fields.Format = LineFormat.Text;
        var headerSlots = HeaderFields.Tokenize(line, map, columns, header.End, slots);
        if (header.IsSettled && known is not null)
        {
            var hashed = fields;
            hashed.Hash = HashTo(header.Layout, line, slots.AsSpan(0, headerSlots));
            hashed.Hashed = headerSlots;
            known.Add(line, columns, hashed, slots.AsSpan(0, headerSlots), layouts.Version);
        }

        fields.Slots = MessageTokenizer.Tokenize(line, map, header.End, line.Length, slots, headerSlots, words: false);
    }

    // A container runtime's prefix, and then the line as the program wrote it.
    private void ReadInner(ReadOnlySpan<byte> line, int prefix, long ticks, int time, ref LineFields fields)
    {
        Read(line[prefix..], ref fields);
        for (var n = fields.Slots; n > 0; n--)
        {
            slots[n] = slots[n - 1] with { Start = slots[n - 1].Start + prefix };
        }

        slots[0] = new Token(0, time, SlotKind.Time);
        fields.Slots++;
        fields.Hashed = 0;
        fields.MessageFrom += prefix;
        fields.MessageTo += prefix;
        fields.Service = (fields.Service.Start.Value + prefix)..(fields.Service.End.Value + prefix);
        fields.Time = 0..time;
        fields.Ticks = ticks;
        map.Build(line);
    }

    // First sight of a shape, or a line whose values are looked at: the whole message is tokenized.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ShapeEntry Study(ShapeEntry? entry, ulong key, in LineFields fields, ReadOnlySpan<byte> line)
    {
        var count = MessageTokenizer.Tokenize(line, map, fields.MessageFrom, fields.MessageTo, tokens, 0, words: true);
        var message = tokens.AsSpan(0, count);
        if (entry is null)
        {
            entry = new ShapeEntry(miner.Find(fields.Layout, line[..fields.MessageTo], fields.MessageFrom, message));
            shapes.Add(key, entry);
        }

        // A value may be cut otherwise when words are tokens too (past the token limit, at the message's edge): then it says nothing here.
        if (count == entry.Skeleton.Samples.Length)
        {
            entry.Skeleton.Sample(line, message);
        }

        return entry;
    }

    // Slots by form and varying words, in the order of the line.
    private Span<Token> Weave(ReadOnlySpan<Token> found, VaryingWord[] varying)
    {
        var count = 0;
        var next = 0;
        for (var n = 0; n <= found.Length; n++)
        {
            var end = n == 0 ? 0 : found[n - 1].End;
            while (next < varying.Length && varying[next].AfterSlot == n)
            {
                woven[count++] = new Token(end + varying[next].Offset, varying[next].Length, SlotKind.Word);
                next++;
            }

            if (n < found.Length)
            {
                woven[count++] = found[n];
            }
        }

        return woven.AsSpan(0, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reshape(ShapeEntry entry, in LineFields fields, ReadOnlySpan<byte> line, ReadOnlySpan<Token> found)
    {
        entry.Version = miner.Version;
        if (entry.Shape is { } shape && ReferenceEquals(shape.Template, entry.Skeleton.Template))
        {
            return;
        }

        var count = MessageTokenizer.Tokenize(line, map, fields.MessageFrom, fields.MessageTo, tokens, 0, words: true);
        List<VaryingWord>? varying = null;
        var words = entry.Skeleton.TemplateWords;
        var slot = 0;
        for (var t = 0; t < count && count == words.Length; t++)
        {
            while (slot < found.Length && found[slot].Start < tokens[t].Start)
            {
                slot++;
            }

            if (!tokens[t].IsVariable && words[t] == 0)
            {
                (varying ??= []).Add(new VaryingWord(slot, tokens[t].Start - (slot == 0 ? 0 : found[slot - 1].End), tokens[t].Length));
            }
        }

        entry.VaryingWords = varying?.ToArray();
        entry.Shape = LineShape.Of(line, entry.VaryingWords is { } some ? Weave(found, some) : found, entry.Skeleton.Template);
    }

    // The constant bytes between slots are hashed piece by piece; those of a known header were hashed before.
    private static ulong Hash(in LineFields fields, ReadOnlySpan<byte> line, ReadOnlySpan<Token> found)
    {
        var known = fields.Hashed;
        var hash = known > 0 ? HashTo(fields.Hash, line, found[known..], found[known - 1].End) : HashTo(fields.Layout, line, found);
        var at = found.IsEmpty ? 0 : found[^1].End;

        // Slots that touch leave nothing between them to hash: their number tells lines apart that differ in nothing else.
        return Mix.Piece(hash ^ (uint)found.Length, line, at, line.Length - at) | 1;
    }

    private static ulong HashTo(ulong hash, ReadOnlySpan<byte> line, ReadOnlySpan<Token> found, int at = 0)
    {
        foreach (ref readonly var slot in found)
        {
            hash = Mix.Piece(hash, line, at, slot.Start - at);
            at = slot.End;
        }

        return hash;
    }
}
