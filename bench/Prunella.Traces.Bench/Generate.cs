using System.Globalization;
using System.Text.Json;
using Prunella.Traces.Detectors;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Bench;

/// <summary>Writes generated traffic to a file, the same bytes every time.</summary>
internal static class Generate
{
    public static int Run(string path, int spans, int perTrace)
    {
        var traffic = new ShopTraffic(1);
        using var file = File.Create(path);
        if (path.EndsWith(".pb", StringComparison.Ordinal))
        {
            for (var written = 0; written < spans; written += perTrace)
            {
                // Exporters send 512 spans at a time.
                foreach (var request in traffic.Trace(Math.Min(perTrace, spans - written)).Chunk(512))
                    file.Write(WireFormats.OtlpProtobuf(request));
            }

            return 0;
        }

        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteStartArray("data");
        for (var written = 0; written < spans; written += perTrace)
        {
            var trace = traffic.Trace(Math.Min(perTrace, spans - written));
            WireFormats.JaegerTrace(json, trace[0].TraceId, trace);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteNull("errors");
        json.WriteEndObject();
        return 0;
    }

    /// <summary>Traces of 1 000 spans in which no call path comes twice.</summary>
    public static void Distinct(string path) => Distinct(path, 100);

    /// <summary>The same with this many traces.</summary>
    public static void Distinct(string path, int traces)
    {
        var random = new Random(1);
        Write(path, Enumerable.Range(0, traces).Select(trace =>
        {
            var spans = new List<SpanSpec>();
            for (var index = 0; index < 1_000; index++)
            {
                var parent = index == 0 ? null : spans[random.Next(Math.Max(0, index - 50), index)];
                spans.Add(Span(trace, index, parent, "service-" + random.Next(50).ToString(CultureInfo.InvariantCulture), FormattableString.Invariant($"operation-{trace}-{index}")));
            }

            return spans;
        }));
    }

    /// <summary>2 500 services that call two others each.</summary>
    public static void Edges(string path)
    {
        Write(path, Enumerable.Range(0, 2_500).Select(service =>
        {
            var root = Span(service, 0, null, FormattableString.Invariant($"s{service}"), "serve");
            return new List<SpanSpec>
            {
                root,
                Span(service, 1, root, FormattableString.Invariant($"s{(service * 7 + 1) % 2_500}"), "serve"),
                Span(service, 2, root, FormattableString.Invariant($"s{(service * 13 + 2) % 2_500}"), "serve"),
            };
        }));
    }

    private static SpanSpec Span(int trace, int index, SpanSpec? parent, string service, string operation) => new()
    {
        TraceId = (trace + 1).ToString("x16", CultureInfo.InvariantCulture), SpanId = (trace * 1_000L + index + 1).ToString("x16", CultureInfo.InvariantCulture), ParentId = parent?.SpanId,
        Service = service, Operation = operation, Kind = parent is null ? "server" : "internal",
        StartUs = parent is null ? 1_760_000_000_000_000 : parent.StartUs + 10, DurationUs = parent is null ? 10_000_000 : Math.Max(1, parent.DurationUs - 20),
    };

    private static void Write(string path, IEnumerable<List<SpanSpec>> traces)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var trace in traces)
        {
            WireFormats.JaegerTrace(json, trace[0].TraceId, trace);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the repository's samples: a shop's traffic with some patterns, and the same with a slow payment provider.</summary>
    public static int Samples(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "shop-jaeger.json"), WireFormats.Jaeger(Shop(slow: 1)));
        File.WriteAllBytes(Path.Combine(folder, "shop-fault.json"), WireFormats.Jaeger(Shop(slow: 6)));
        File.WriteAllBytes(Path.Combine(folder, "shop-otlp.json"), WireFormats.OtlpJson(Shop(slow: 1)));
        File.WriteAllBytes(Path.Combine(folder, "shop-zipkin.json"), WireFormats.Zipkin(Shop(slow: 1)));
        return 0;
    }

    private static List<SpanSpec> Shop(int slow)
    {
        DetectorKind[] kinds = [DetectorKind.NPlusOneQueries, DetectorKind.IdenticalCalls, DetectorKind.ConsecutiveCalls, DetectorKind.RetryWithoutBackOff];
        var spans = new List<SpanSpec>();
        for (var seed = 1; seed <= 4; seed++)
        {
            foreach (var kind in kinds)
                spans.AddRange(Patterns.Make(kind, positive: true, seed * 10 + (int)kind).Spans);
        }

        foreach (var span in spans.Where(span => span.Tags.Any(tag => tag.Value is "payments")))
            span.DurationUs *= slow;
        foreach (var root in spans.Where(span => span.ParentId is null))
            root.DurationUs = Math.Max(root.DurationUs, spans.Where(span => span.TraceId == root.TraceId).Max(span => span.EndUs) - root.StartUs);
        return spans;
    }
}
