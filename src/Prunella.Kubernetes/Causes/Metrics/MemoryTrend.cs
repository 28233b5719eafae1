using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Causes.Pods;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>Whether a container's memory grows without end, or only rose once. By the Theil–Sen line: the median of all slopes between two samples, which one peak does not tilt.</summary>
/// <param name="BytesPerHour">The slope.</param>
/// <param name="First">The median of the first quarter, in bytes.</param>
/// <param name="Last">The median of the last quarter, in bytes.</param>
/// <param name="Rising">The share of steps between tenths of the time that rise.</param>
/// <param name="Over">The time that the samples span.</param>
/// <param name="Measured">How many samples tell it.</param>
internal sealed record MemoryTrend(double BytesPerHour, double First, double Last, double Rising, TimeSpan Over, int Measured)
{
    private const int SamplesMin = 12;
    private const int SamplesMinRaised = 5;
    private const int SamplesMax = 400;

    // A start may climb for minutes too: less than this is a leak only when a limit raised before was filled as well.
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(10);

    /// <summary>At least a quarter more at the end than at the start, rising in four of five steps.</summary>
    private bool Climbs => Last > First * 1.25 && BytesPerHour > 0 && Rising >= 0.8;

    /// <summary>The trend of a container that leaks; null when it does not, or when too few samples of one run are there to tell.</summary>
    internal static MemoryTrend? OfLeak(ClusterSnapshot snapshot, Container container)
    {
        var series = snapshot.SeriesOf(container, name => name.Contains("memory", StringComparison.OrdinalIgnoreCase)).ToList();
        if (series.Count == 0) return null;
        var trend = Runs(container).Select(run => series.Select(one => Of([.. one.Samples.Where(sample => sample.At >= run.From && sample.At <= run.To)])).MaxBy(found => found?.Over)).FirstOrDefault(found => found is not null);
        return trend is { Climbs: true } && ((trend.Over >= StartMax && trend.Measured >= SamplesMin) || (OutOfMemory.EndOf(container).Exists && WasRaised(snapshot, container))) ? trend : null;
    }

    // Across a restart the memory falls, and what climbs again and again would look like no climb.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Runs(Container container)
    {
        if (container.Running) yield return (container.StartedAt ?? DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        if (container.Ended.Exists) yield return (container.Ended["startedAt"].Time ?? DateTimeOffset.MinValue, container.EndedAt ?? DateTimeOffset.MaxValue);
    }

    private static bool WasRaised(ClusterSnapshot snapshot, Container container) =>
        container.Limit("memory") is { } limit && Growth.HasSet(snapshot.Find(snapshot.TopOf(container.Pod))?.Annotations[Marks.OriginalPrefix + "memory-limit"].TextOrNull, container.Name, limit);

    private static MemoryTrend? Of(IReadOnlyList<(DateTimeOffset At, double Value)> samples)
    {
        // A series asked for at a finer pace than it is measured at repeats its samples.
        var measured = samples.OrderBy(sample => sample.At).ToList();
        measured = [.. measured.Where((sample, index) => index == 0 || sample.Value != measured[index - 1].Value)];
        if (measured.Count < SamplesMinRaised) return null;
        var step = Math.Max(1, measured.Count / SamplesMax);
        var points = measured.Where((_, index) => index % step == 0).ToList();
        var slopes = new List<double>(points.Count * points.Count / 2);
        for (var one = 0; one < points.Count; one++)
        {
            for (var other = one + 1; other < points.Count; other++)
            {
                var hours = (points[other].At - points[one].At).TotalHours;
                if (hours > 0) slopes.Add((points[other].Value - points[one].Value) / hours);
            }
        }
        if (slopes.Count == 0) return null;
        var quarter = Math.Max(1, points.Count / 4);
        var tenths = points.Chunk(Math.Max(1, points.Count / 10)).Select(chunk => Median(chunk.Select(point => point.Value))).ToList();
        var rises = tenths.Zip(tenths.Skip(1)).Count(pair => pair.Second > pair.First);
        return new MemoryTrend(Median(slopes), Median(points.Take(quarter).Select(point => point.Value)), Median(points.TakeLast(quarter).Select(point => point.Value)), tenths.Count < 2 ? 0 : (double)rises / (tenths.Count - 1), points[^1].At - points[0].At, measured.Count);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
