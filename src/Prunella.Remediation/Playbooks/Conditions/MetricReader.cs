using Prunella.Incidents.Metrics;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>
/// Asks metric sources for one diagnosis: each question once, a bounded number of questions, each with a time limit. Not
/// thread-safe: one diagnosis asks in order, so that the same context gives the same evidence.
/// </summary>
internal sealed class MetricReader(IReadOnlyDictionary<string, IMetricSource> sources, DateTimeOffset now, PlaybookOptions options, TimeProvider time)
{
    private readonly Dictionary<(string Source, string Query, TimeSpan? Over, TimeSpan? Step), MetricAnswer> answers = [];

    /// <summary>The answer; a failed one says why. Never throws but for a cancellation.</summary>
    internal async Task<MetricAnswer> AskAsync(string source, string query, TimeSpan? over, TimeSpan? step, CancellationToken cancellation)
    {
        var question = (source, query, over, step);
        if (answers.TryGetValue(question, out var known)) return known;
        var answer = answers.Count >= options.QueriesMax
            ? new MetricAnswer(MetricStatus.Failed, [], $"more than {options.QueriesMax} metric questions in one diagnosis")
            : Distrust(source, await FetchAsync(source, query, over, step, cancellation), over, step);
        answers[question] = answer;
        return answer;
    }

    private async Task<MetricAnswer> FetchAsync(string source, string query, TimeSpan? over, TimeSpan? step, CancellationToken cancellation)
    {
        if (!sources.TryGetValue(source, out var metrics)) return new(MetricStatus.Failed, [], $"no metric source '{source}' is configured");
        using var limit = new CancellationTokenSource(options.QueryTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return over is { } window
                ? await metrics.QueryRangeAsync(query, now - window, now, step!.Value, both.Token)
                : await metrics.QueryAsync(query, now, both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(MetricStatus.Failed, [], $"{source} did not answer within {options.QueryTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Checks what a source promised: finite values in time order, and a newest one that is fresh.</summary>
    private MetricAnswer Distrust(string source, MetricAnswer answer, TimeSpan? over, TimeSpan? step)
    {
        if (answer.Status != MetricStatus.Ok) return answer;
        if (answer.Series.Count > options.SeriesMax) return new(MetricStatus.Failed, [], $"{source} answered with {answer.Series.Count} series, more than {options.SeriesMax}; aggregate in the query");
        var series = answer.Series.Where(each => each.Points.Count > 0 && each.Points.All(point => double.IsFinite(point.Value))).ToList();
        if (series.Count == 0) return new(MetricStatus.Empty, [], $"{source} answered without a finite sample");
        var fresh = series.Where(each => now - each.Points[^1].Time <= options.Staleness + (over is null ? TimeSpan.Zero : step!.Value)).ToList();
        return fresh.Count == 0 ? new(MetricStatus.Stale, series, $"the newest sample of {source} is older than {options.Staleness.TotalMinutes:0.#} min") : answer with { Series = fresh };
    }
}
