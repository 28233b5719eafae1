using System.Globalization;
using System.Net;
using Prunella.Integrations.Tracing;

namespace Prunella.Integrations.Zipkin;

/// <summary>Asks a Zipkin (API v2) for traces; the answer is for the trace reader.</summary>
public sealed class ZipkinClient
{
    private readonly TraceHttp _http;
    private readonly Uri _base;

    /// <param name="http">The client; its handler may be shared.</param>
    /// <param name="options">Where and within what bounds.</param>
    /// <param name="time">The clock.</param>
    public ZipkinClient(HttpClient http, ZipkinOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Url);
        var text = options.Url.AbsoluteUri;
        _base = new Uri(text.EndsWith('/') ? text : text + "/");
        _http = new TraceHttp(http, "Zipkin", options.AttemptsMax, options.RetryDelay, options.Timeout, options.ResponseBytesMax, time ?? TimeProvider.System);
    }

    /// <summary>Traces as the body of an answer: an array of arrays of spans.</summary>
    /// <exception cref="TraceBackendException">Zipkin cannot be asked or refuses.</exception>
    public async Task<Stream> FindTracesAsync(TraceQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var parameters = new List<(string Name, string? Value)>
        {
            ("serviceName", query.Service), ("spanName", query.Operation),
            ("minDuration", query.MinDuration is { } least ? (least.Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture) : null),
            ("endTs", query.To.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
            ("lookback", ((long)(query.To - query.From).TotalMilliseconds).ToString(CultureInfo.InvariantCulture)),
            ("limit", query.Limit.ToString(CultureInfo.InvariantCulture)),
        };
        var text = string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
        return (await _http.GetAsync(new Uri(_base, "api/v2/traces?" + text), null, [], cancel).ConfigureAwait(false))!;
    }

    /// <summary>One trace by id, or null when Zipkin does not have it.</summary>
    public async Task<Stream?> TraceAsync(string traceId, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(traceId);
        return await _http.GetAsync(new Uri(_base, "api/v2/trace/" + Uri.EscapeDataString(traceId)), null, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
    }
}
