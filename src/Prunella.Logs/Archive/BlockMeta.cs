using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>A template as one block has it.</summary>
/// <param name="Id">Identity over all blocks and archives.</param>
/// <param name="Text">Constant words and &lt;*&gt;.</param>
/// <param name="Class">Class of its lines.</param>
/// <param name="Lines">Lines in the block.</param>
public sealed record BlockTemplate(TemplateId Id, string Text, LineClass Class, long Lines);

/// <summary>A service as one block has it.</summary>
/// <param name="Name">Bytes as in the lines, as UTF-8 text.</param>
/// <param name="Lines">Lines in the block.</param>
public sealed record BlockService(string Name, long Lines);

/// <summary>A source whose bytes begin at a line of a block.</summary>
/// <param name="Line">Line of the block, from 0.</param>
/// <param name="Name">File name, or whatever the writer called it.</param>
public sealed record BlockSource(long Line, string Name);

/// <summary>What is known of a block without decompressing its lines.</summary>
public sealed class BlockMeta
{
    internal const int IntervalsMax = 64;
    private const int CountMax = 1 << 28;
    private readonly ReadOnlyMemory<byte> filterBytes;
    private ValueFilter? filter;

    internal BlockMeta(ReadOnlyMemory<byte> filter = default) => filterBytes = filter;

    /// <summary>True when the lines are kept as text; false when in columns.</summary>
    public bool IsPlain { get; internal init; }

    /// <summary>Bytes of the input in this block.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Lines, the last one without a line feed included.</summary>
    public int Lines { get; internal init; }

    /// <summary>Ticks of the earliest line that has a time; 0 when none has.</summary>
    public long FirstTicks { get; internal init; }

    /// <summary>Ticks of the latest line that has a time.</summary>
    public long LastTicks { get; internal init; }

    /// <summary>Lines by <see cref="Severity"/>.</summary>
    public IReadOnlyList<long> Levels { get; internal init; } = [];

    /// <summary>Templates, in the order in which they came.</summary>
    public IReadOnlyList<BlockTemplate> Templates { get; internal init; } = [];

    /// <summary>Services; the first has no name.</summary>
    public IReadOnlyList<BlockService> Services { get; internal init; } = [];

    /// <summary>Sources that begin in this block.</summary>
    public IReadOnlyList<BlockSource> Sources { get; internal init; } = [];

    /// <summary>Ticks of one interval of <see cref="Histogram"/>; 0 when no line has a time.</summary>
    public long IntervalTicks { get; internal init; }

    /// <summary>The intervals that have lines, ascending: each begins at its number times <see cref="IntervalTicks"/>.</summary>
    internal long[] Intervals { get; init; } = [];

    /// <summary>Lines of each template in each of <see cref="Intervals"/>, as written.</summary>
    internal ReadOnlyMemory<byte> Histogram { get; init; }

    /// <summary>Bytes of the description as read, without the filter: what the directory is primed with.</summary>
    internal int DescriptionBytes { get; init; }

    /// <summary>Which values the block may hold; null when any. Read when it is first asked.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal ValueFilter? Filter => filter ??= filterBytes.IsEmpty ? null : ValueFilter.Read(filterBytes.Span);

    /// <summary>False when templates and services were left out because there were too many: then any may be in the block.</summary>
    public bool IsIndexed => Templates.Count > 0;

    internal BlockMeta WithoutIndex() => new()
    {
        IsPlain = IsPlain, Bytes = Bytes, Lines = Lines, FirstTicks = FirstTicks, LastTicks = LastTicks, Levels = Levels, Sources = Sources,
    };

    internal void Write(ByteSink sink)
    {
        sink.Byte(1);
        sink.Byte(IsPlain ? (byte)1 : (byte)0);
        sink.Number((ulong)Bytes);
        sink.Number(Lines);
        sink.Signed(FirstTicks);
        sink.Number((ulong)(LastTicks - FirstTicks));
        foreach (var count in Levels)
        {
            sink.Number((ulong)count);
        }

        sink.Number(Services.Count);
        foreach (var service in Services)
        {
            sink.Text(service.Name);
            sink.Number((ulong)service.Lines);
        }

        sink.Number(Sources.Count);
        foreach (var source in Sources)
        {
            sink.Number((ulong)source.Line);
            sink.Text(source.Name);
        }

        sink.Number(Templates.Count);
        foreach (var template in Templates)
        {
            sink.Text(template.Text);
        }

        foreach (var template in Templates)
        {
            sink.Bytes(BitConverter.GetBytes(template.Id.Value));
            sink.Byte((byte)template.Class);
            sink.Number((ulong)template.Lines);
        }

        sink.Number((ulong)IntervalTicks);
        sink.Number(Intervals.Length);
        long before = 0;
        foreach (var number in Intervals)
        {
            sink.Number((ulong)(number - before));
            before = number;
        }

        sink.Bytes(Histogram.Span);
    }

    /// <exception cref="InvalidDataException">The bytes are no description of a block.</exception>
    internal static BlockMeta Read(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> filter, NamePool names)
    {
        var source = new ByteSource(bytes.Span);
        if (source.Byte() != 1)
        {
            throw new InvalidDataException("The archive has a block of a newer version.");
        }

        var plain = source.Byte() != 0;
        var length = source.Count(CountMax);
        var lines = source.Count(CountMax);
        var first = source.Signed();
        var last = unchecked(first + (long)source.Number());
        var levels = new long[(int)Severity.Fatal + 1];
        for (var n = 0; n < levels.Length; n++)
        {
            levels[n] = source.Count(CountMax);
        }

        var services = new BlockService[source.Count(source.Left)];
        for (var n = 0; n < services.Length; n++)
        {
            services[n] = new BlockService(names.Get(source.Sized()), source.Count(CountMax));
        }

        var sources = new BlockSource[source.Count(source.Left)];
        for (var n = 0; n < sources.Length; n++)
        {
            sources[n] = new BlockSource(source.Count(CountMax), source.Text());
        }

        var texts = new string[source.Count(source.Left)];
        for (var n = 0; n < texts.Length; n++)
        {
            texts[n] = names.Get(source.Sized());
        }

        var templates = new BlockTemplate[texts.Length];
        for (var n = 0; n < templates.Length; n++)
        {
            var id = BitConverter.ToUInt64(source.Take(8));
            templates[n] = new BlockTemplate(new TemplateId(id), texts[n], (LineClass)source.Byte(), source.Count(CountMax));
        }

        var interval = (long)source.Number();
        var intervals = new long[source.Count(IntervalsMax)];
        for (var n = 0; n < intervals.Length; n++)
        {
            intervals[n] = unchecked((n == 0 ? 0 : intervals[n - 1]) + (long)source.Number());
        }

        var from = bytes.Length - source.Left;
        for (var n = 0; n < (intervals.Length == 0 ? 0 : templates.Length); n++)
        {
            ReadCounts(ref source, intervals.Length, []);
        }

        var described = bytes.Length - source.Left;
        return new BlockMeta(filter.IsEmpty ? bytes[described..] : filter)
        {
            DescriptionBytes = described, IsPlain = plain, Bytes = length, Lines = lines, FirstTicks = first, LastTicks = last, Levels = levels, Services = services, Sources = sources,
            Templates = templates, IntervalTicks = interval, Intervals = intervals, Histogram = bytes[from..described],
        };
    }

    /// <summary>Lines in each of <see cref="Intervals"/>, of one template or all.</summary>
    internal long[] LinesByInterval(TemplateId? template)
    {
        var sums = new long[Intervals.Length];
        var source = new ByteSource(Histogram.Span);
        for (var t = 0; t < (sums.Length == 0 ? 0 : Templates.Count); t++)
        {
            ReadCounts(ref source, sums.Length, template is null || Templates[t].Id == template ? sums : []);
        }

        return sums;
    }

    /// <summary>How long each template's lines came: minutes that have some, or the block's intervals where those are longer.</summary>
    internal double[] ActiveMinutes()
    {
        var minutes = new double[Templates.Count];
        var lines = new long[Intervals.Length];
        var source = new ByteSource(Histogram.Span);
        var length = Math.Max(IntervalTicks, TimeSpan.TicksPerMinute);
        for (var t = 0; t < (lines.Length == 0 ? 0 : minutes.Length); t++)
        {
            lines.AsSpan().Clear();
            ReadCounts(ref source, lines.Length, lines);
            long last = -1;
            for (var n = 0; n < lines.Length; n++)
            {
                var at = Intervals[n] * IntervalTicks / length;
                if (lines[n] > 0 && at != last)
                {
                    last = at;
                    minutes[t] += (double)length / TimeSpan.TicksPerMinute;
                }
            }
        }

        return minutes;
    }

    /// <summary>Writes a template's lines in each interval. A zero is followed by the number of zeros after it.</summary>
    internal static void WriteCounts(ByteSink sink, ReadOnlySpan<int> counts)
    {
        for (var n = 0; n < counts.Length; n++)
        {
            sink.Number(counts[n]);
            if (counts[n] == 0)
            {
                var from = n;
                while (n + 1 < counts.Length && counts[n + 1] == 0)
                {
                    n++;
                }

                sink.Number(n - from);
            }
        }
    }

    // Adds a template's counts to sums, if any are wanted.
    private static void ReadCounts(ref ByteSource source, int intervals, Span<long> sums)
    {
        for (var n = 0; n < intervals; n++)
        {
            var count = source.Count(CountMax);
            if (count == 0)
            {
                n += source.Count(intervals - 1 - n);
            }
            else if (!sums.IsEmpty)
            {
                sums[n] += count;
            }
        }
    }
}
