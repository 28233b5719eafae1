using System.Globalization;
using System.Text.Json;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Samples of one metric over time, oldest first, as Prometheus answers a range query.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Samples">Times and values.</param>
internal sealed record MetricSeries(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(DateTimeOffset At, double Value)> Samples)
{
    /// <summary>The series of an answer of Prometheus' HTTP API (<c>query_range</c> or <c>query</c>); none when it is something else.</summary>
    internal static IEnumerable<MetricSeries> FromAnswer(JsonElement answer)
    {
        var root = new Field(answer);
        foreach (var result in (root["data"]["result"].Exists ? root["data"]["result"] : root["result"]).Items)
        {
            var labels = result["metric"].Texts;
            var samples = new List<(DateTimeOffset, double)>();
            foreach (var pair in result["values"].Items) Add(samples, pair);
            if (result["value"].Exists) Add(samples, result["value"]);
            yield return new MetricSeries(labels.GetValueOrDefault("__name__", ""), labels, samples);
        }
    }

    private static void Add(List<(DateTimeOffset, double)> samples, Field pair)
    {
        double? at = null;
        foreach (var part in pair.Items)
        {
            if (!double.TryParse(part.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return;
            if (at is null) at = value;
            else
            {
                if (at is > 0 and < 253_402_300_799) samples.Add((DateTimeOffset.FromUnixTimeMilliseconds((long)(at.Value * 1_000)), value));
                return;
            }
        }
    }
}
