using System.Text.Json;
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
}
