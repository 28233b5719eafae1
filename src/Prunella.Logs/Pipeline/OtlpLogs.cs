using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Reads OTLP exports of logs, protobuf and JSON, and writes each record as a line: a JSON object with <c>time</c>, <c>level</c>,
/// <c>service</c>, <c>message</c>, <c>trace_id</c>, <c>span_id</c>, <c>attributes</c>, <c>resource</c>. A record whose resource names
/// a pod has the pod's source.
/// </summary>
public static class OtlpLogs
{
    /// <summary>Values within values; deeper ones are refused.</summary>
    internal const int DepthMax = 32;

    // Lines are read by people: letters stay letters.
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads an <c>ExportLogsServiceRequest</c> in protobuf.</summary>
    /// <returns>Records.</returns>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static int FromProtobuf(ReadOnlySpan<byte> body, LineBatches batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return OtlpLogProtobuf.Read(body, batches);
    }

    /// <summary>Reads the same in JSON.</summary>
    /// <returns>Records.</returns>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static int FromJson(ReadOnlyMemory<byte> body, LineBatches batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4 * DepthMax });
            return OtlpLogJson.Read(document.RootElement, batches);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException(broken.Message, broken);
        }
    }

    /// <summary>What the source of a resource is.</summary>
    internal static string SourceOf(IReadOnlyDictionary<string, string> resource) =>
        resource.TryGetValue("k8s.namespace.name", out var @namespace) && resource.TryGetValue("k8s.pod.name", out var pod)
            && !@namespace.Contains('/', StringComparison.Ordinal) && !pod.Contains('/', StringComparison.Ordinal)
            ? LogSource.Pod(@namespace, pod, resource.GetValueOrDefault("k8s.container.name", "").Replace('/', '_'))
            : "otlp";

    /// <summary>Writes the fields that all lines begin with.</summary>
    internal static void Begin(Utf8JsonWriter writer, ulong unixNanoseconds, int severity, string severityText, IReadOnlyDictionary<string, string> resource)
    {
        writer.WriteStartObject();
        if (unixNanoseconds > 0)
        {
            writer.WriteString("time"u8, Time(unixNanoseconds));
        }

        if (Level(severity) is { } level)
        {
            writer.WriteString("level"u8, level);
        }
        else if (severityText.Length > 0)
        {
            writer.WriteString("level"u8, severityText);
        }

        if (resource.TryGetValue("service.name", out var service))
        {
            writer.WriteString("service"u8, service);
        }
    }

    // Nanoseconds are kept: what was sent can be produced again.
    private static string Time(ulong unixNanoseconds) =>
        DateTime.UnixEpoch.AddSeconds(unixNanoseconds / 1_000_000_000).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
        + "." + (unixNanoseconds % 1_000_000_000).ToString("d9", CultureInfo.InvariantCulture) + "Z";

    // SeverityNumber: four steps each of trace, debug, info, warn, error, fatal.
    private static string? Level(int severity) => severity switch
    {
        >= 1 and <= 4 => "TRACE",
        >= 5 and <= 8 => "DEBUG",
        >= 9 and <= 12 => "INFO",
        >= 13 and <= 16 => "WARN",
        >= 17 and <= 20 => "ERROR",
        >= 21 and <= 24 => "FATAL",
        _ => null,
    };
}
