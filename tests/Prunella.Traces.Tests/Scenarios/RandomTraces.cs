using System.Globalization;

namespace Prunella.Traces.Scenarios;

/// <summary>Random span trees; wild ones overflow their parents, overlap, touch and have zero durations.</summary>
internal static class RandomTraces
{
    public static List<SpanSpec> Tree(Random random, int spans, bool wild)
    {
        var all = new List<SpanSpec> { Span(0, null, 1_000_000_000, wild ? random.Next(1, 400) : 10_000_000, random) };
        while (all.Count < spans)
        {
            var parent = all[random.Next(all.Count)];
            var (start, duration) = wild ? Wild(random, parent) : Apart(random, all, parent);
            if (duration < 0)
                break;
            all.Add(Span(all.Count, parent, start, duration, random));
        }

        return all;
    }

    private static (long Start, long Duration) Wild(Random random, SpanSpec parent)
    {
        var start = parent.StartUs + random.Next(-20, (int)Math.Max(1, parent.DurationUs) + 20);
        return (start, random.Next(4) == 0 ? parent.EndUs - start > 0 ? parent.EndUs - start : 0 : random.Next((int)Math.Max(1, parent.DurationUs) + 20));
    }

    // Siblings one after another with clear pauses, inside the parent.
    private static (long Start, long Duration) Apart(Random random, List<SpanSpec> all, SpanSpec parent)
    {
        var last = all.Where(span => span.ParentId == parent.SpanId).Select(span => span.EndUs).DefaultIfEmpty(parent.StartUs).Max();
        var room = parent.EndUs - last;
        if (room < 100)
            return (0, -1);
        var pause = Math.Max(10, room / 20);
        return (last + pause, Math.Max(1, random.NextInt64(room - 2 * pause) / 2));
    }

    private static SpanSpec Span(int index, SpanSpec? parent, long start, long duration, Random random) => new()
    {
        TraceId = "00000000000000aa", SpanId = (index + 1).ToString("x16", CultureInfo.InvariantCulture), ParentId = parent?.SpanId,
        Service = "s" + random.Next(4).ToString(CultureInfo.InvariantCulture), Operation = "o" + random.Next(5).ToString(CultureInfo.InvariantCulture),
        StartUs = start, DurationUs = duration, Error = random.Next(5) == 0, Kind = ((string?[])[null, "internal", "client", "server"])[random.Next(4)],
        Host = random.Next(3) == 0 ? "h" + random.Next(3).ToString(CultureInfo.InvariantCulture) : null,
    };
}
