using System.Globalization;
using System.Text.Json;

namespace Prunella.Demo.Traffic;

/// <summary>Spans, as a collector exports them: OTLP as JSON.</summary>
internal sealed class OtlpSpans
{
    private const int Server = 2;
    private const int Client = 3;
    private const int Error = 2;
    private readonly Dictionary<string, List<object>> byService = new(StringComparer.Ordinal);

    /// <summary>Adds a span; one that calls a database or says so is a client's, any other a server's.</summary>
    /// <param name="place">The trace, the span and its parent, in hexadecimal; no parent for the first.</param>
    /// <param name="name">The operation.</param>
    /// <param name="service">Whose it is.</param>
    /// <param name="begin">The begin of the trace.</param>
    /// <param name="afterMs">When the span begins, milliseconds after that.</param>
    /// <param name="forMs">How long it takes, milliseconds.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="isClient">Whether it is a call to something that sends no spans.</param>
    /// <param name="failed">Whether it failed.</param>
    internal OtlpSpans Add(
        (string Trace, string Span, string Parent) place, string name, string service, DateTimeOffset begin, double afterMs, double forMs,
        IReadOnlyList<(string Key, string Value)> attributes, bool isClient = false, bool failed = false)
    {
        var start = (begin - DateTimeOffset.UnixEpoch).Ticks * 100 + (long)(afterMs * 1_000_000);
        if (!byService.TryGetValue(service, out var spans)) byService.Add(service, spans = []);
        spans.Add(new
        {
            traceId = place.Trace,
            spanId = place.Span.PadLeft(16, '0'),
            parentSpanId = place.Parent.Length == 0 ? "" : place.Parent.PadLeft(16, '0'),
            name,
            kind = isClient || attributes.Any(attribute => attribute.Key == "db.system") ? Client : Server,
            startTimeUnixNano = start.ToString(CultureInfo.InvariantCulture),
            endTimeUnixNano = (start + (long)(forMs * 1_000_000)).ToString(CultureInfo.InvariantCulture),
            attributes = attributes.Select(attribute => new { key = attribute.Key, value = new { stringValue = attribute.Value } }),
            status = new { code = failed ? Error : 0 },
        });
        return this;
    }

    /// <summary>The export.</summary>
    internal string Json() => JsonSerializer.Serialize(new
    {
        resourceSpans = byService.Select(entry => new { resource = new { attributes = new[] { new { key = "service.name", value = new { stringValue = entry.Key } } } }, scopeSpans = new[] { new { spans = entry.Value } } }),
    });
}
