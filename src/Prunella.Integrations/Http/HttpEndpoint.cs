using System.Net;
using System.Net.Http.Headers;

namespace Prunella.Integrations.Http;

/// <summary>
/// Calls one named address. A request that cannot have arrived is repeated; one that may have arrived only when the receiver is
/// declared idempotent, and always with the same key. Thread-safe.
/// </summary>
internal sealed class HttpEndpoint : IDisposable
{
    private const int TriesMax = 3;
    private const int AnswerBytesMax = 64 * 1024;

    private readonly HttpEndpointOptions options;
    private readonly TimeProvider time;
    private readonly HttpLane lane;

    internal HttpEndpoint(HttpEndpointOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        lane = new HttpLane(options.Timeout, AnswerBytesMax, options.AuthorityFile);
    }

    internal HttpEndpointOptions Options => options;

    /// <summary>The address without its query, which may hold a secret.</summary>
    internal string Shown => $"{options.Method} {options.Url!.GetLeftPart(UriPartial.Path)}";

    /// <summary>Sends to the configured address.</summary>
    /// <param name="key">The idempotency key.</param>
    /// <param name="body">JSON; empty for none.</param>
    /// <param name="address">The configured address with another path; null for the configured one.</param>
    /// <param name="host">Sent as the Host header; null for the address's own.</param>
    /// <param name="cancellation">Stops waiting; the request may have arrived.</param>
    /// <param name="mediaType">What the body is.</param>
    internal async Task<HttpAnswer> CallAsync(string key, byte[] body, Uri? address, string? host, CancellationToken cancellation, string mediaType = "application/json")
    {
        for (var tryNumber = 1; ; tryNumber++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(options.Method), address ?? options.Url);
            if (body.Length > 0)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType) { CharSet = "utf-8" };
            }
            foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
            if (host is not null) request.Headers.Host = host;
            request.Headers.Add("Idempotency-Key", key);
            HttpSignature.Apply(request, options.SigningKey, time.GetUtcNow(), body);
            try
            {
                options.Credentials.Apply(request);
            }
            catch (IOException failure)
            {
                return HttpAnswer.Failed($"the token file cannot be read: {failure.Message}", reached: false);
            }
            var answer = await lane.SendAsync(request, cancellation);
            var passing = answer.Status is 0 or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
            if (!passing || tryNumber == TriesMax || (answer.Reached && !options.Idempotent)) return answer;
            await Task.Delay(Pause(tryNumber, answer), time, cancellation);
        }
    }

    /// <summary>Asks whether a request was done; null when the receiver cannot tell.</summary>
    internal async Task<HttpAnswer?> StatusAsync(string execution, CancellationToken cancellation)
    {
        if (options.StatusUrl is not { } template) return null;
        using var request = new HttpRequestMessage(HttpMethod.Get, template.Replace("{execution}", execution, StringComparison.Ordinal));
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            options.Credentials.Apply(request);
        }
        catch (IOException failure)
        {
            return HttpAnswer.Failed($"the token file cannot be read: {failure.Message}", reached: false);
        }
        return await lane.SendAsync(request, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    private static TimeSpan Pause(int tryNumber, HttpAnswer answer)
    {
        var backOff = TimeSpan.FromMilliseconds(200 * Math.Pow(4, tryNumber - 1));
        var asked = answer.Headers?.RetryAfter?.Delta ?? TimeSpan.Zero;
        return asked > backOff && asked <= TimeSpan.FromSeconds(10) ? asked : backOff;
    }
}
