using System.Runtime.InteropServices;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>Describes a block of parsed lines.</summary>
internal static class MetaBuilder
{
    private static readonly long[] Lengths =
    [
        TimeSpan.TicksPerSecond, 10 * TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute, 10 * TimeSpan.TicksPerMinute, TimeSpan.TicksPerHour, 6 * TimeSpan.TicksPerHour,
        TimeSpan.TicksPerDay, 7 * TimeSpan.TicksPerDay, 91 * TimeSpan.TicksPerDay, 3653 * TimeSpan.TicksPerDay, 100_000 * TimeSpan.TicksPerDay,
    ];

    /// <summary>The description, and the template of each shape.</summary>
    internal static BlockMeta Build(LineTable lines, LineClassifier classifier, IReadOnlyList<BlockSource> sources, bool plain, out int[] templateOfShape)
    {
        var templates = new List<Template>();
        var index = new Dictionary<ulong, int>();
        templateOfShape = new int[lines.Shapes.Count];
        for (var s = 0; s < templateOfShape.Length; s++)
        {
            var template = lines.Shapes[s].Template;
            ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(index, template.Id.Value, out var known);
            if (!known)
            {
                at = templates.Count;
                templates.Add(template);
            }

            templateOfShape[s] = at;
        }

        var levels = new long[(int)Severity.Fatal + 1];
        var services = new long[lines.Services.Count];
        var counts = new long[templates.Count];
        var worst = new Severity[templates.Count];
        long first = long.MaxValue, last = 0;
        for (var n = 0; n < lines.Lines; n++)
        {
            var template = templateOfShape[lines.ShapeOfLine[n]];
            counts[template]++;
            levels[lines.Levels[n]]++;
            worst[template] = (Severity)Math.Max((byte)worst[template], lines.Levels[n]);
            services[lines.ServiceOfLine[n]]++;
            var ticks = lines.Ticks[n];
            if (ticks > 0)
            {
                first = Math.Min(first, ticks);
                last = Math.Max(last, ticks);
            }
        }

        first = last == 0 ? 0 : first;
        var (interval, numbers) = Interval(lines.Ticks, last > 0);
        return new BlockMeta
        {
            IsPlain = plain,
            Bytes = lines.Bytes,
            Lines = lines.Lines,
            FirstTicks = first,
            LastTicks = last,
            Levels = levels,
            Sources = sources,
            Services = [.. lines.Services.Select((s, n) => new BlockService(Encoding.UTF8.GetString(s), services[n]))],
            Templates = [.. templates.Select((t, n) => new BlockTemplate(t.Id, t.Text, classifier.ClassOf(t, worst[n]), counts[n]))],
            IntervalTicks = interval,
            Intervals = numbers,
            Histogram = Histogram(lines, templateOfShape, templates.Count, numbers, interval),
        };
    }

    // The shortest interval of which few enough have lines: times may lie in clusters that are years apart.
    private static (long Interval, long[] Numbers) Interval(ReadOnlySpan<long> ticks, bool timed)
    {
        var numbers = new SortedSet<long>();
        foreach (var interval in timed ? Lengths : [])
        {
            numbers.Clear();
            long last = -1;
            foreach (var tick in ticks)
            {
                if (tick > 0 && tick / interval != last)
                {
                    last = tick / interval;
                    if (numbers.Add(last) && numbers.Count > BlockMeta.IntervalsMax)
                    {
                        break;
                    }
                }
            }

            if (numbers.Count <= BlockMeta.IntervalsMax)
            {
                return (interval, [.. numbers]);
            }
        }

        return (0, []);
    }

    private static byte[] Histogram(LineTable lines, int[] templateOfShape, int templates, long[] numbers, long interval)
    {
        if (interval == 0)
        {
            return [];
        }

        var counts = new int[templates * numbers.Length];
        long last = -1;
        var index = 0;
        for (var n = 0; n < lines.Lines; n++)
        {
            if (lines.Ticks[n] > 0)
            {
                if (lines.Ticks[n] / interval != last)
                {
                    last = lines.Ticks[n] / interval;
                    index = numbers.AsSpan().BinarySearch(last);
                }

                counts[(templateOfShape[lines.ShapeOfLine[n]] * numbers.Length) + index]++;
            }
        }

        var written = new ByteSink(counts.Length * 2);
        for (var t = 0; t < templates; t++)
        {
            BlockMeta.WriteCounts(written, counts.AsSpan(t * numbers.Length, numbers.Length));
        }

        return written.ToArray();
    }
}
