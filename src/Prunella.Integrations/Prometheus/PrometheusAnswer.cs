using System.Globalization;
using System.Text.Json;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Prometheus;

/// <summary>Reads the answers of the query API. Anything that is not as documented is a failure, never a sample.</summary>
internal static class PrometheusAnswer
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Finite samples in time order; series whose newest sample is too old are dropped while a fresh one is left.</summary>
    internal static MetricAnswer Read(byte[] body, string where, DateTimeOffset at, TimeSpan oldest)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (root.GetProperty("status").GetString() != "success") return Failed($"{where} refused the query: {ErrorOf(root) ?? "no reason given"}");
            var data = root.GetProperty("data");
            var type = data.GetProperty("resultType").GetString();
            var result = data.GetProperty("result");
            var dropped = 0;
            List<MetricSeries> series = [];
            switch (type)
            {
                case "scalar":
                    if (Point(result, ref dropped) is { } scalar) series.Add(new MetricSeries(new Dictionary<string, string>(), [scalar]));
                    break;
                case "vector":
                case "matrix":
                    foreach (var element in result.EnumerateArray())
                    {
                        List<MetricPoint> points = [];
                        if (element.TryGetProperty("histogram", out _) || element.TryGetProperty("histograms", out _)) dropped++;
                        if (element.TryGetProperty("value", out var value) && Point(value, ref dropped) is { } single) points.Add(single);
                        if (element.TryGetProperty("values", out var values))
                        {
                            foreach (var pair in values.EnumerateArray())
                            {
                                if (Point(pair, ref dropped) is { } point) points.Add(point);
                            }
                        }
                        if (points.Count == 0) continue;
                        points.Sort((left, right) => left.Time.CompareTo(right.Time));
                        series.Add(new MetricSeries(Labels(element), points));
                    }
                    break;
                default:
                    return Failed($"{where} answered with a {type ?? "nothing"}, which is no number");
            }
            return Judge(series, dropped, where, at, oldest, Warnings(root));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return Failed($"{where} answered with something that is no query result ({body.Length} bytes): broken off, or not Prometheus");
        }
    }

    /// <summary>Prometheus's own words for a refusal; null when the body holds none.</summary>
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
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.String) return null;
        var kind = root.TryGetProperty("errorType", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() + ": " : "";
        return kind + Inert(error.GetString()!);
    }

    private static MetricAnswer Judge(List<MetricSeries> series, int dropped, string where, DateTimeOffset at, TimeSpan oldest, string warnings)
    {
        var nothing = dropped > 0 ? $"{where} has only NaN, infinite or histogram samples ({dropped})" : $"{where} has no series";
        if (series.Count == 0) return new(MetricStatus.Empty, [], nothing + warnings);
        var fresh = series.Where(each => at - each.Points[^1].Time <= oldest).ToList();
        if (fresh.Count > 0) return new(MetricStatus.Ok, fresh, warnings.TrimStart(' ', ';'));
        var newest = series.Max(each => each.Points[^1].Time);
        return new(MetricStatus.Stale, series, FormattableString.Invariant($"the newest sample of {where} is {(at - newest).TotalSeconds:0} s old") + warnings);
    }

    private static MetricPoint? Point(JsonElement pair, ref int dropped)
    {
        if (pair.GetArrayLength() != 2) throw new FormatException("a sample is no pair");
        var time = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(pair[0].GetDouble() * 1000));
        var text = pair[1].GetString() ?? throw new FormatException("a sample has no value");
        if (text is "NaN" or "+Inf" or "-Inf" or "Inf")
        {
            dropped++;
            return null;
        }
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(value)) return new MetricPoint(time, value);
        dropped++;
        return null;
    }

    private static Dictionary<string, string> Labels(JsonElement element)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        if (!element.TryGetProperty("metric", out var metric)) return labels;
        foreach (var label in metric.EnumerateObject()) labels[label.Name] = label.Value.GetString() ?? "";
        return labels;
    }

    private static string Warnings(JsonElement root)
    {
        if (!root.TryGetProperty("warnings", out var warnings) || warnings.ValueKind != JsonValueKind.Array || warnings.GetArrayLength() == 0) return "";
        var texts = warnings.EnumerateArray().Where(warning => warning.ValueKind == JsonValueKind.String).Take(4).Select(warning => Inert(warning.GetString()!));
        return $"; warned: {string.Join("; ", texts)}";
    }

    private static string Inert(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        return line.Length <= 300 ? line : line[..300] + "…";
    }

    private static MetricAnswer Failed(string text) => new(MetricStatus.Failed, [], text);
}
