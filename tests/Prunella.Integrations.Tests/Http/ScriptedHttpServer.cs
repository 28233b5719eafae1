using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Prunella.Integrations.Tests.Http;

/// <summary>What a client sent.</summary>
internal sealed record ScriptedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal IReadOnlyDictionary<string, string> Form => Split(Body);

    internal static Dictionary<string, string> Split(string pairs) => pairs.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => Decode(pair[0]), pair => pair.Length > 1 ? Decode(pair[1]) : "", StringComparer.Ordinal);

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>What the server sends back.</summary>
internal sealed record ScriptedReply(int Status, string Body, string ContentType = "application/json")
{
    internal IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Promises so many bytes more than it sends, then closes.</summary>
    internal int BytesMissing { get; init; }

    /// <summary>Never answers, until the client gives up.</summary>
    internal bool Silent { get; init; }

    /// <summary>Closes the connection without an answer.</summary>
    internal bool Hangup { get; init; }
}

/// <summary>An HTTP server on a socket that says what a test tells it to, broken answers included, and remembers what it was asked.</summary>
internal sealed class ScriptedHttpServer : IAsyncDisposable
{
    private readonly X509Certificate2? certificate;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<ScriptedRequest, ScriptedReply> answer;
    private readonly Task loop;

    /// <param name="answer">What it says.</param>
    /// <param name="certificate">Speaks TLS with it; null speaks plain HTTP.</param>
    internal ScriptedHttpServer(Func<ScriptedRequest, ScriptedReply> answer, X509Certificate2? certificate = null)
    {
        (this.answer, this.certificate) = (answer, certificate);
        listener.Start();
        Url = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        loop = AcceptAsync();
    }

    internal Uri Url { get; }

    internal ConcurrentQueue<ScriptedRequest> Requests { get; } = [];

    /// <summary>What went wrong in the script itself; a test that asserts in its script looks here.</summary>
    internal ConcurrentQueue<Exception> Failures { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        stop.Dispose();
        Failures.ShouldBeEmpty();
    }

    private async Task AcceptAsync()
    {
        List<Task> clients = [];
        try
        {
            while (!stop.IsCancellationRequested) clients.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = await OpenAsync(client);
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                var reply = answer(request);
                if (reply.Silent) await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, stop.Token);
                if (reply.Silent || reply.Hangup) return;
                var body = Encoding.UTF8.GetBytes(reply.Body);
                var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {reply.Status} X\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length + reply.BytesMissing}\r\nConnection: close\r\n");
                foreach (var (name, value) in reply.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), stop.Token);
                await stream.WriteAsync(body, stop.Token);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or AuthenticationException)
            {
                // The client went away; that is its right.
            }
            catch (Exception failure)
            {
                Failures.Enqueue(failure);
            }
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (certificate is null) return client.GetStream();
        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
        return secure;
    }

    private async Task<ScriptedRequest> ReadAsync(Stream stream)
    {
        List<byte> bytes = [];
        var one = new byte[1];
        while (bytes.Count < 4 || !(bytes[^4] == '\r' && bytes[^3] == '\n' && bytes[^2] == '\r' && bytes[^1] == '\n'))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0) throw new IOException("closed");
            bytes.Add(one[0]);
            if (bytes.Count > 65_536) throw new IOException("headers too long");
        }
        var lines = Encoding.ASCII.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim(), StringComparer.Ordinal);
        var length = headers.TryGetValue("content-length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, stop.Token);
        var parts = first[1].Split('?', 2);
        return new ScriptedRequest(first[0], parts[0], parts.Length > 1 ? ScriptedRequest.Split(parts[1]) : new Dictionary<string, string>(), headers, Encoding.UTF8.GetString(body));
    }
}
