using System.Globalization;
using System.Net;
using System.Text.Json;
using Prunella.Integrations.Tracing;

namespace Prunella.Integrations.Jaeger;

/// <summary>A trace in short, as Jaeger's v3 API lists it.</summary>
public sealed record JaegerTraceSummary(string TraceId, string RootService, string RootOperation, long StartUs, long DurationUs, int Spans, int Errors);

/// <summary>Calls between two services as Jaeger counted them.</summary>
public sealed record JaegerDependency(string Parent, string Child, long Calls);

/// <summary>
/// Asks a Jaeger for traces: API v3 first (camel-case parameters, then the snake-case ones of older versions), and v1
/// where v3 is not there. The answer is for the trace reader, whichever generation gave it.
/// </summary>
public sealed class JaegerClient
{
    private readonly TraceHttp _http;
    private readonly JaegerOptions _options;
    private readonly Uri _base;

    /// <param name="http">The client; its handler may be shared.</param>
    /// <param name="options">Where and within what bounds.</param>
    /// <param name="time">The clock.</param>
    public JaegerClient(HttpClient http, JaegerOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Url);
        _options = options;
        var text = options.Url.AbsoluteUri;
        _base = new Uri(text.EndsWith('/') ? text : text + "/");
        _http = new TraceHttp(http, "Jaeger", options.AttemptsMax, options.RetryDelay, options.Timeout, options.ResponseBytesMax, time ?? TimeProvider.System);
    }

    /// <summary>Traces as the body of an answer, in OTLP JSON (v3) or Jaeger JSON (v1).</summary>
    /// <exception cref="TraceBackendException">Jaeger cannot be asked or refuses.</exception>
    /// <exception cref="ArgumentException">The query names no service.</exception>
    public async Task<Stream> FindTracesAsync(TraceQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (string.IsNullOrEmpty(query.Service))
            throw new ArgumentException("Jaeger searches by service: name one.", nameof(query));
        if (await SearchAsync("api/v3/traces", query, cancel).ConfigureAwait(false) is { } found)
            return found;
        var v1 = new List<(string, string?)>
        {
            ("service", query.Service), ("operation", query.Operation),
            ("start", Microseconds(query.From).ToString(CultureInfo.InvariantCulture)), ("end", Microseconds(query.To).ToString(CultureInfo.InvariantCulture)),
            ("minDuration", query.MinDuration is { } least ? GoDuration(least) : null),
            ("limit", Math.Min(query.Limit, _options.TracesMax).ToString(CultureInfo.InvariantCulture)), ("lookback", "custom"),
        };
        return await GetAsync("api/traces", v1, cancel).ConfigureAwait(false);
    }

    /// <summary>The slowest traces of a query, chosen by their summaries so that the others need not be sent; null when this Jaeger has
    /// no summaries, or traces begin in another service, whose durations say nothing about this one's.</summary>
    /// <param name="query">The query; its limit bounds the summaries looked at.</param>
    /// <param name="count">Traces wanted.</param>
    /// <param name="cancel">Stops between traces.</param>
    /// <returns>A body in OTLP JSON for each, the slowest first; one deleted meanwhile is left out.</returns>
    /// <exception cref="TraceBackendException">Jaeger cannot be asked or refuses.</exception>
    public async Task<IReadOnlyList<Stream>?> SlowestTracesAsync(TraceQuery query, int count, CancellationToken cancel = default)
    {
        if (await SummariesAsync(query, cancel).ConfigureAwait(false) is not { } summaries || summaries.Any(summary => summary.RootService != query.Service))
            return null;
        var bodies = new List<Stream>();
        foreach (var summary in summaries.OrderByDescending(summary => summary.DurationUs).ThenBy(summary => summary.TraceId, StringComparer.Ordinal).Take(count))
        {
            if (await TraceAsync(summary.TraceId, cancel).ConfigureAwait(false) is { } body)
                bodies.Add(body);
        }

        return bodies;
    }

    /// <summary>One trace by id, or null when Jaeger does not have it.</summary>
    public async Task<Stream?> TraceAsync(string traceId, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(traceId);
        var id = Uri.EscapeDataString(traceId);
        return await _http.GetAsync(Address($"api/v3/traces/{id}", []), _options.Token, [HttpStatusCode.NotFound, HttpStatusCode.NotImplemented], cancel).ConfigureAwait(false)
            ?? await _http.GetAsync(Address($"api/traces/{id}", []), _options.Token, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
    }

    /// <summary>Traces in short; null when this Jaeger has no summaries.</summary>
    public async Task<IReadOnlyList<JaegerTraceSummary>?> SummariesAsync(TraceQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var body = await SearchAsync("api/v3/trace-summaries", query, cancel).ConfigureAwait(false);
        if (body is null)
            return null;
        await using (body.ConfigureAwait(false))
        {
            var summaries = new List<JaegerTraceSummary>();
            using var json = await ParseAsync(body, cancel).ConfigureAwait(false);
            var root = json.RootElement;
            if (root.TryGetProperty("result", out var result))
                root = result;
            if (!root.TryGetProperty("summaries", out var list) && !root.TryGetProperty("traceSummaries", out list))
                return summaries;
            foreach (var entry in list.EnumerateArray())
            {
                var start = Number(entry, "minStartTimeUnixNano");
                summaries.Add(new JaegerTraceSummary(Text(entry, "traceId") ?? Text(entry, "traceID") ?? string.Empty, Text(entry, "rootServiceName") ?? string.Empty,
                    Text(entry, "rootOperationName") ?? string.Empty, start / 1_000, Math.Max(0, Number(entry, "maxEndTimeUnixNano") - start) / 1_000,
                    (int)Number(entry, "spanCount"), (int)Number(entry, "errorSpanCount")));
            }

            return summaries;
        }
    }

    /// <summary>The services Jaeger knows, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ServicesAsync(CancellationToken cancel = default)
    {
        var body = await _http.GetAsync(Address("api/v3/services", []), _options.Token, [HttpStatusCode.NotFound, HttpStatusCode.NotImplemented], cancel).ConfigureAwait(false);
        var list = "services";
        if (body is null)
        {
            list = "data";
            body = await _http.GetAsync(Address("api/services", []), _options.Token, [], cancel).ConfigureAwait(false);
        }

        await using (body!.ConfigureAwait(false))
        {
            using var json = await ParseAsync(body!, cancel).ConfigureAwait(false);
            return json.RootElement.TryGetProperty(list, out var names) && names.ValueKind == JsonValueKind.Array
                ? [.. names.EnumerateArray().Select(name => name.GetString() ?? string.Empty).Order(StringComparer.Ordinal)]
                : [];
        }
    }

    /// <summary>Calls between services as Jaeger's own job counted them; empty when there is no such job.</summary>
    public async Task<IReadOnlyList<JaegerDependency>> DependenciesAsync(DateTimeOffset to, TimeSpan back, CancellationToken cancel = default)
    {
        var address = Address("api/dependencies", [("endTs", to.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)), ("lookback", ((long)back.TotalMilliseconds).ToString(CultureInfo.InvariantCulture))]);
        var body = await _http.GetAsync(address, _options.Token, [HttpStatusCode.NotFound, HttpStatusCode.NotImplemented], cancel).ConfigureAwait(false);
        if (body is null)
            return [];
        await using (body.ConfigureAwait(false))
        {
            using var json = await ParseAsync(body, cancel).ConfigureAwait(false);
            return json.RootElement.TryGetProperty("data", out var edges) && edges.ValueKind == JsonValueKind.Array
                ? [.. edges.EnumerateArray().Select(edge => new JaegerDependency(Text(edge, "parent") ?? string.Empty, Text(edge, "child") ?? string.Empty, Number(edge, "callCount")))]
                : [];
        }
    }

    // Versions up to 2.19 take snake case and answer 400 to what they miss; later ones take camel case only.
    private async Task<FileStream?> SearchAsync(string path, TraceQuery query, CancellationToken cancel)
    {
        try
        {
            return await _http.GetAsync(Address(path, V3(query, snake: false)), _options.Token, [HttpStatusCode.NotFound, HttpStatusCode.NotImplemented], cancel).ConfigureAwait(false);
        }
        catch (TraceBackendException refused) when (refused.Status == HttpStatusCode.BadRequest)
        {
            return await _http.GetAsync(Address(path, V3(query, snake: true)), _options.Token, [HttpStatusCode.NotFound, HttpStatusCode.NotImplemented], cancel).ConfigureAwait(false);
        }
    }

    private List<(string, string?)> V3(TraceQuery query, bool snake) =>
    [
        (snake ? "query.service_name" : "query.serviceName", query.Service),
        (snake ? "query.operation_name" : "query.operationName", query.Operation),
        (snake ? "query.start_time_min" : "query.startTimeMin", Rfc3339(query.From)),
        (snake ? "query.start_time_max" : "query.startTimeMax", Rfc3339(query.To)),
        (snake ? "query.duration_min" : "query.durationMin", query.MinDuration is { } least ? GoDuration(least) : null),
        (snake ? "query.num_traces" : "query.searchDepth", Math.Min(query.Limit, _options.TracesMax).ToString(CultureInfo.InvariantCulture)),
    ];

    private async Task<Stream> GetAsync(string path, List<(string, string?)> parameters, CancellationToken cancel) =>
        (await _http.GetAsync(Address(path, parameters), _options.Token, [], cancel).ConfigureAwait(false))!;

    private Uri Address(string path, List<(string Name, string? Value)> parameters)
    {
        var query = string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
        return new Uri(_base, query.Length == 0 ? path : $"{path}?{query}");
    }

    private static async Task<JsonDocument> ParseAsync(Stream body, CancellationToken cancel)
    {
        try
        {
            return await JsonDocument.ParseAsync(body, default, cancel).ConfigureAwait(false);
        }
        catch (JsonException broken)
        {
            throw new TraceBackendException("Jaeger's answer is not JSON: " + broken.Message, HttpStatusCode.OK, broken);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return 0;
        if (value.ValueKind == JsonValueKind.Number)
            return value.TryGetInt64(out var number) ? number : 0;
        return value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var text) ? text : 0;
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static string GoDuration(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerMicrosecond}us");
}
