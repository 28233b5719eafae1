using Prunella.Demo.Queries;
using Prunella.Incidents.Metrics;

namespace Prunella.Demo.Metrics;

/// <summary>Answers the playbooks' queries from the sandbox's gauges. What it does not understand fails, and never passes.</summary>
internal sealed class DemoMetricSource(SeriesHistory history) : IMetricSource
{
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(3);
    private readonly QueryEvaluator evaluator = new(history, LookBack);

    /// <inheritdoc/>
    public string Name => "prometheus";

    public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) => Task.FromResult(Answer(query, [at]));

    public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation)
    {
        var moments = new List<DateTimeOffset>();
        for (var at = from; at <= to && moments.Count < 11_000; at += step) moments.Add(at);
        return Task.FromResult(Answer(query, moments));
    }

    private MetricAnswer Answer(string query, List<DateTimeOffset> moments)
    {
        var points = new Dictionary<string, (IReadOnlyDictionary<string, string> Labels, List<MetricPoint> Points)>(StringComparer.Ordinal);
        try
        {
            var parsed = QueryParser.Parse(query);
            foreach (var at in moments)
            {
                foreach (var element in evaluator.Evaluate(parsed, at))
                {
                    var key = string.Join('\u0001', element.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => label.Key + '\u0002' + label.Value));
                    if (!points.TryGetValue(key, out var series)) points[key] = series = (element.Labels, []);
                    if (double.IsFinite(element.Value)) series.Points.Add(new MetricPoint(at, element.Value));
                }
            }
        }
        catch (QueryRefusedException refused)
        {
            return new MetricAnswer(MetricStatus.Failed, [], $"the demo's metrics do not understand {refused.Message} in {query}");
        }
        var found = points.Values.Where(series => series.Points.Count > 0).Select(series => new MetricSeries(series.Labels, series.Points)).ToList();
        return found.Count > 0 ? new MetricAnswer(MetricStatus.Ok, found) : new MetricAnswer(MetricStatus.Empty, [], $"no series for {query}");
    }
}
