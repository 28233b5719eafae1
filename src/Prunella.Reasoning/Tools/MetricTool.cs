using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Incidents.Metrics;

namespace Prunella.Reasoning.Tools;

/// <summary>Asks a metric store one question at the time of the incident, within the store's own bounds.</summary>
public sealed class MetricTool(IReadOnlyDictionary<string, IMetricSource> sources, DateTimeOffset now) : ReadOnlyTool
{
    private const int SeriesMax = 20;
    private static readonly TimeSpan Back = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override string Name => "query_metrics";

    /// <inheritdoc/>
    public override string Description => $"Evaluates a query over the last hour, a point each 5 minutes. Sources: {string.Join(", ", sources.Keys)}; prometheus takes PromQL.";

    /// <inheritdoc/>
    public override string Schema => """
        {"type":"object","additionalProperties":false,"required":["source","query"],"properties":{"source":{"type":"string","maxLength":64},"query":{"type":"string","minLength":1,"maxLength":1000}}}
        """;

    /// <inheritdoc/>
    public override async Task<string> ReadAsync(JsonElement arguments, CancellationToken cancellation)
    {
        if (!sources.TryGetValue(arguments.GetProperty("source").GetString()!, out var source)) return $"there is no such source; there are {string.Join(", ", sources.Keys)}";
        var answer = await source.QueryRangeAsync(arguments.GetProperty("query").GetString()!, now - Back, now, Step, cancellation).ConfigureAwait(false);
        if (answer.Status is MetricStatus.Failed or MetricStatus.Empty) return $"{answer.Status}: {answer.Text}";
        var text = new StringBuilder(answer.Status == MetricStatus.Stale ? "the newest sample is old\n" : "");
        foreach (var series in answer.Series.Take(SeriesMax))
        {
            text.Append('{').AppendJoin(", ", series.Labels.Select(label => $"{label.Key}={label.Value}")).Append("}:");
            foreach (var point in series.Points) text.Append(CultureInfo.InvariantCulture, $" {point.Time:HH:mm}={point.Value:G6}");
            text.Append('\n');
        }
        return answer.Series.Count > SeriesMax ? text.Append(CultureInfo.InvariantCulture, $"and {answer.Series.Count - SeriesMax} more series").ToString() : text.ToString();
    }
}
