namespace Prunella.Incidents.Metrics;

/// <summary>Asks a metric store. Its twins: Prometheus, Datadog, and an in-memory one for tests. Thread-safe; never throws for what the store answers.</summary>
public interface IMetricSource
{
    /// <summary>The name that playbooks choose it by: <c>prometheus</c>, <c>datadog</c>.</summary>
    string Name { get; }

    /// <summary>Evaluates <paramref name="query"/>, in the store's own language, at one moment.</summary>
    Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Evaluates <paramref name="query"/> over a range, one point each <paramref name="step"/>.</summary>
    Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation);
}

/// <summary>Whether an answer can be relied on.</summary>
public enum MetricStatus
{
    /// <summary>At least one finite, fresh sample.</summary>
    Ok,

    /// <summary>The store answered with no series, or only NaN/infinite samples. Never a pass.</summary>
    Empty,

    /// <summary>The newest sample is older than the staleness bound. Never a pass.</summary>
    Stale,

    /// <summary>The store could not be asked, or refused the query. Never a pass.</summary>
    Failed,
}

/// <summary>A metric store's answer.</summary>
/// <param name="Status">Whether it can be relied on.</param>
/// <param name="Series">The series with only finite samples; empty unless Ok or Stale.</param>
/// <param name="Text">What went wrong and where, for people; when Ok, the store's own warnings (a partial answer), mostly empty.</param>
public sealed record MetricAnswer(MetricStatus Status, IReadOnlyList<MetricSeries> Series, string Text = "")
{
    /// <summary>The newest value when there is exactly one series; otherwise the greatest of the newest values; null unless Ok.</summary>
    public double? Value => Status == MetricStatus.Ok && Series.Count > 0 ? Series.Max(series => series.Points[^1].Value) : null;
}

/// <summary>One series.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Points">Its samples in time order; at least one.</param>
public sealed record MetricSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<MetricPoint> Points);

/// <summary>One sample.</summary>
/// <param name="Time">When.</param>
/// <param name="Value">A finite number.</param>
public readonly record struct MetricPoint(DateTimeOffset Time, double Value);
