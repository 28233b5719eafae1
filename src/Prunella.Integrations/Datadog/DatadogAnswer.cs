using System.Text.Json;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Datadog;

/// <summary>Reads the answers of the metrics query API. Anything that is not as documented is a failure, never a sample.</summary>
internal static class DatadogAnswer
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Finite samples in time order; series whose newest sample is too old are dropped while a fresh one is left.</summary>
    internal static MetricAnswer Read(byte[] body, string where, DateTimeOffset at, TimeSpan oldest)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (ErrorOf(root) is { } error) return Failed($"{where} refused the query: {error}");
            if (root.GetProperty("status").GetString() != "ok") return Failed($"{where} did not carry the query out: {root.GetProperty("status").GetString()}");
            List<MetricSeries> series = [];
            var dropped = 0;
            foreach (var element in root.GetProperty("series").EnumerateArray())
            {
                List<MetricPoint> points = [];
                foreach (var pair in element.GetProperty("pointlist").EnumerateArray())
                {
                    if (pair.GetArrayLength() != 2) throw new FormatException("a point is no pair");
                    if (pair[1].ValueKind == JsonValueKind.Null || !double.IsFinite(pair[1].GetDouble())) dropped++;
                    else points.Add(new MetricPoint(DateTimeOffset.FromUnixTimeMilliseconds((long)pair[0].GetDouble()), pair[1].GetDouble()));
                }
                if (points.Count == 0) continue;
                points.Sort((left, right) => left.Time.CompareTo(right.Time));
                series.Add(new MetricSeries(Labels(element), points));
            }
            if (series.Count == 0) return new(MetricStatus.Empty, [], dropped > 0 ? $"{where} has only empty samples ({dropped})" : $"{where} has no series");
            var fresh = series.Where(each => at - each.Points[^1].Time <= oldest).ToList();
            if (fresh.Count > 0) return new(MetricStatus.Ok, fresh);
            return new(MetricStatus.Stale, series, FormattableString.Invariant($"the newest sample of {where} is {(at - series.Max(each => each.Points[^1].Time)).TotalSeconds:0} s old"));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return Failed($"{where} answered with something that is no query result ({body.Length} bytes): broken off, or not Datadog");
        }
    }

    /// <summary>Datadog's own words for a refusal; null when the body holds none.</summary>
    internal static string? ErrorOf(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return ErrorOf(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? ErrorOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return null;
        if (root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0) return InertText.Line(string.Join("; ", errors.EnumerateArray().Select(error => error.ToString())));
        return root.TryGetProperty("error", out var one) && one.ValueKind == JsonValueKind.String && one.GetString() is { Length: > 0 } text ? InertText.Line(text) : null;
    }

    private static Dictionary<string, string> Labels(JsonElement element)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        if (element.TryGetProperty("metric", out var metric) && metric.ValueKind == JsonValueKind.String) labels["__name__"] = metric.GetString()!;
        if (!element.TryGetProperty("tag_set", out var tags) || tags.ValueKind != JsonValueKind.Array) return labels;
        foreach (var tag in tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String))
        {
            var parts = tag.GetString()!.Split(':', 2);
            labels[parts[0]] = parts.Length == 2 ? parts[1] : "";
        }
        return labels;
    }

    private static MetricAnswer Failed(string text) => new(MetricStatus.Failed, [], text);
}
