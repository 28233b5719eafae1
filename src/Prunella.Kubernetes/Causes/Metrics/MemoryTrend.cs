using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>Whether a container's memory grows without end, or only rose once. By the Theil–Sen line: the median of all slopes between two samples, which one peak does not tilt.</summary>
/// <param name="BytesPerHour">The slope.</param>
/// <param name="First">The median of the first quarter, in bytes.</param>
/// <param name="Last">The median of the last quarter, in bytes.</param>
/// <param name="Rising">The share of steps between tenths of the time that rise.</param>
/// <param name="Over">The time that the samples span.</param>
internal sealed record MemoryTrend(double BytesPerHour, double First, double Last, double Rising, TimeSpan Over)
{
    private const int SamplesMin = 12;
    private const int SamplesMax = 400;

    /// <summary>At least a quarter more at the end than at the start, rising in four of five steps.</summary>
    internal bool IsLeak => Last > First * 1.25 && BytesPerHour > 0 && Rising >= 0.8;

    /// <summary>The trend of a container's working set; null when no series, or too few samples, are there.</summary>
    internal static MemoryTrend? Of(ClusterSnapshot snapshot, Container container) =>
        snapshot.SeriesOf(container, name => name.Contains("memory", StringComparison.OrdinalIgnoreCase)) is { } series ? Of(series.Samples) : null;

    internal static MemoryTrend? Of(IReadOnlyList<(DateTimeOffset At, double Value)> samples)
    {
        if (samples.Count < SamplesMin) return null;
        var step = Math.Max(1, samples.Count / SamplesMax);
        var points = samples.Where((_, index) => index % step == 0).OrderBy(sample => sample.At).ToList();
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
        return new MemoryTrend(Median(slopes), Median(points.Take(quarter).Select(point => point.Value)), Median(points.TakeLast(quarter).Select(point => point.Value)), tenths.Count < 2 ? 0 : (double)rises / (tenths.Count - 1), points[^1].At - points[0].At);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
