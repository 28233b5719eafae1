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
                file.Write(WireFormats.OtlpProtobuf(traffic.Trace(Math.Min(perTrace, spans - written))));
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
