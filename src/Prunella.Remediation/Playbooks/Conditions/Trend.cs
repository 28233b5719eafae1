using Prunella.Incidents.Metrics;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>A straight line through samples that a few outliers (a restart, a scrape gone wrong) do not tilt.</summary>
/// <param name="SlopePerSecond">Of the line.</param>
/// <param name="Level">The line's value at the newest sample.</param>
/// <param name="Newest">The newest sample itself.</param>
internal readonly record struct Trend(double SlopePerSecond, double Level, double Newest)
{
    /// <summary>Fewer samples say nothing about a trend.</summary>
    internal const int PointsMin = 5;

    // 120 samples are 7 140 pairs, some 60 µs a series.
    private const int PointsMax = 120;

    /// <summary>
    /// The Theil–Sen estimate: the median of the slopes of all pairs, robust up to 29 % outliers (Sen, JASA 1968). Null when
    /// there are too few samples or they cover less than half of the window.
    /// </summary>
    internal static Trend? Of(IReadOnlyList<MetricPoint> points, TimeSpan window)
    {
        if (points.Count < PointsMin || points[^1].Time - points[0].Time < window / 2) return null;
        var stride = (points.Count + PointsMax - 1) / PointsMax;
        List<MetricPoint> kept = [];
        for (var index = points.Count - 1; index >= 0; index -= stride) kept.Add(points[index]);
        kept.Reverse();
        List<double> slopes = new(kept.Count * (kept.Count - 1) / 2);
        for (var left = 0; left < kept.Count; left++)
        {
            for (var right = left + 1; right < kept.Count; right++)
            {
                var seconds = (kept[right].Time - kept[left].Time).TotalSeconds;
                if (seconds > 0) slopes.Add((kept[right].Value - kept[left].Value) / seconds);
            }
        }
        if (slopes.Count == 0) return null;
        var slope = Median(slopes);
        var end = kept[^1].Time;
        return new Trend(slope, Median([.. kept.Select(point => point.Value + slope * (end - point.Time).TotalSeconds)]), kept[^1].Value);
    }

    /// <summary>The line's value so long after the newest sample.</summary>
    internal double After(TimeSpan ahead) => Level + SlopePerSecond * ahead.TotalSeconds;

    /// <summary>
    /// Seconds from the newest sample until the line reaches a value; infinite when it moves away. 0 when it is there, and when the
    /// line has passed the value while the newest sample has not: a volume that filled fast and now fills slowly is overdue, not safe.
    /// </summary>
    internal double SecondsTo(double goal)
    {
        var distance = goal - Level;
        if (distance == 0) return 0;
        if (SlopePerSecond == 0) return double.PositiveInfinity;
        if (Math.Sign(distance) == Math.Sign(SlopePerSecond)) return distance / SlopePerSecond;
        return Math.Sign(goal - Newest) == Math.Sign(SlopePerSecond) ? 0 : double.PositiveInfinity;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
