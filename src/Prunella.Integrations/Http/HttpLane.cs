using System.Net;
using System.Net.Security;

namespace Prunella.Integrations.Http;

/// <summary>
/// A way to one vendor: no redirects followed, no cookies, bounded answers, certificates checked against the system's or a given
/// authority. Thread-safe.
/// </summary>
internal sealed class HttpLane : IDisposable
{
    private readonly HttpClient client;
    private readonly int answerBytesMax;

    /// <param name="timeout">For connecting, sending and the whole answer.</param>
    /// <param name="answerBytesMax">A longer answer is refused.</param>
    /// <param name="authorityFile">A PEM file of the authorities to trust in place of the system's; empty for those.</param>
    internal HttpLane(TimeSpan timeout, int answerBytesMax, string authorityFile = "")
    {
        this.answerBytesMax = answerBytesMax;
        Timeout = timeout;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = timeout,
            MaxResponseHeadersLength = 64,
        };
        if (authorityFile.Length > 0)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Authorities.PolicyOf(authorityFile) };
        }
        client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    internal TimeSpan Timeout { get; }

    /// <summary>Sends a request and reads the whole answer. What went wrong is a value; only the caller's cancellation is thrown.</summary>
    internal async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        var sent = false;
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            sent = true;
            var (body, complete) = await ReadAsync(response.Content, limit.Token);
            var kind = response.Content.Headers.ContentType?.MediaType ?? "";
            return new HttpAnswer(response.StatusCode, kind, body, complete ? "" : $"the answer has more than {answerBytesMax} bytes") { Headers = response.Headers };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return HttpAnswer.Failed($"no answer within {Timeout.TotalSeconds:0.#} s", reached: true);
        }
        catch (HttpRequestException failure)
        {
            // A connection that was never made cannot have had an effect; after that nobody knows.
            var unreached = failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            return HttpAnswer.Failed($"{(sent ? "the answer broke off" : "the request failed")}: {Innermost(failure)}", reached: !unreached);
        }
        catch (IOException failure)
        {
            return HttpAnswer.Failed($"the answer broke off: {failure.Message}", reached: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<(byte[] Body, bool Complete)> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (body.Length + count > answerBytesMax) return (body.ToArray(), false);
            body.Write(buffer, 0, count);
        }
        return (body.ToArray(), true);
    }

    private static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure.Message.TrimEnd('.');
    }
}
