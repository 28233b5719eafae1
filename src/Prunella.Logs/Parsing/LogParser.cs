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
    private readonly LogParserOptions options;
    private readonly LayoutLearner layouts = new();
    private readonly TemplateMiner miner;
    private readonly ShapeTable shapes;
    private readonly HeaderAnchor[] anchors = new HeaderAnchor[HeaderScanner.AnchorsMax];
    private readonly Token[] tokens = new Token[(2 * MessageTokenizer.TokensMax) + 64];
    private readonly Token[] slots = new Token[(2 * MessageTokenizer.TokensMax) + 64];

    /// <summary>Makes a parser that knows nothing yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public LogParser(LogParserOptions? options = null)
    {
        this.options = options ?? new LogParserOptions();
        this.options.Validate();
        miner = new TemplateMiner(this.options.TemplatesMax);
        shapes = new ShapeTable(2 * this.options.TemplatesMax);
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
        var n = HeaderScanner.Scan(line, anchors, out _);
        layouts.Learn(anchors.AsSpan(0, n));
    }

    /// <summary>Groups everything seen so far into templates. Runs by itself as forms are found; call it at the end of a stream.</summary>
    public void Refine() => miner.Refine();

    /// <summary>Parses one line, without its terminator. The result holds until the next call.</summary>
    public ParsedLine Parse(ReadOnlySpan<byte> line)
    {
        Lines++;
        var n = HeaderScanner.Scan(line, anchors, out var ticks);
        var columns = anchors.AsSpan(0, n);
        if (LayoutLearner.Wants(Lines))
        {
            layouts.Learn(columns);
        }

        var header = layouts.Resolve(line, columns);
        var fields = HeaderFields.Read(line, columns[..header.Anchors], ticks, options.Year);
        var headerTokens = HeaderFields.Tokenize(line, columns[..header.Anchors], header.End, tokens);
        var count = MessageTokenizer.Tokenize(line, header.End, line.Length, tokens, headerTokens);
        var all = tokens.AsSpan(0, count);
        var key = Hash(header.Layout, line, all);
        var entry = shapes.Find(key);
        if (entry is null)
        {
            var skeleton = miner.Find(header.Layout, line, header.End, all[headerTokens..]);
            entry = new ShapeEntry(skeleton, headerTokens);
            shapes.Add(key, entry);
        }

        var known = entry.Skeleton;
        known.Observe(line, all[headerTokens..], fields.Ticks);
        if (entry.Version != miner.Version)
        {
            Reshape(entry, line, all);
        }

        return new ParsedLine
        {
            Raw = line,
            TimeTicks = fields.Ticks,
            Time = fields.Time,
            Level = fields.Level,
            Service = line[fields.Service],
            MessageStart = header.End,
            Template = known.Template,
            Shape = entry.Shape!,
            Slots = slots.AsSpan(0, CollectSlots(all, entry.VaryingWords)),
        };
    }

    private int CollectSlots(ReadOnlySpan<Token> all, int[]? varying)
    {
        var count = 0;
        var next = 0;
        for (var t = 0; t < all.Length; t++)
        {
            if (all[t].IsVariable)
            {
                slots[count++] = all[t];
            }
            else if (varying is not null && next < varying.Length && varying[next] == t)
            {
                slots[count++] = all[t];
                next++;
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reshape(ShapeEntry entry, ReadOnlySpan<byte> line, ReadOnlySpan<Token> all)
    {
        entry.Version = miner.Version;
        if (entry.Shape is { } shape && ReferenceEquals(shape.Template, entry.Skeleton.Template))
        {
            return;
        }

        List<int>? varying = null;
        var words = entry.Skeleton.TemplateWords;
        for (var t = entry.HeaderTokens; t < all.Length; t++)
        {
            if (!all[t].IsVariable && words[t - entry.HeaderTokens] == 0)
            {
                (varying ??= []).Add(t);
            }
        }

        entry.VaryingWords = varying?.ToArray();
        entry.Shape = LineShape.Of(line, slots.AsSpan(0, CollectSlots(all, entry.VaryingWords)), entry.Skeleton.Template);
    }

    private static ulong Hash(ulong layout, ReadOnlySpan<byte> line, ReadOnlySpan<Token> all)
    {
        var hash = layout;
        var at = 0;
        foreach (ref readonly var token in all)
        {
            var gap = token.Start - at;
            if (gap == 1)
            {
                hash = Mix.Add(hash, line[at]);
            }
            else if (gap > 0)
            {
                hash = Mix.Add(hash, Mix.Bytes(line.Slice(at, gap)));
            }

            hash = token.IsVariable ? Mix.Add(hash, 0x5555) : Mix.Add(hash, Mix.Bytes(line.Slice(token.Start, token.Length)));
            at = token.End;
        }

        return Mix.Add(hash, Mix.Bytes(line[at..])) | 1;
    }
}
