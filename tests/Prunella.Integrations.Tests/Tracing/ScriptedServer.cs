using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prunella.Integrations.Tracing;

/// <summary>What a client sent besides its body; header names in any case.</summary>
internal sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers);

/// <summary>
/// A server on loopback that answers a script in order and holds every request against it: method, path with its exact
/// query, and body. A request that was not expected is answered with 418 and remembered.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    // Its own socket on port 0: a port probed first and taken by name afterwards may be another process's by then.
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<(string Request, Func<string, ScriptedRequest, (int Status, string Body)> Answer)> _script = [];
    private readonly List<string> _unexpected = [];
    private readonly Task _loop;

    public ScriptedServer()
    {
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    /// <summary>Expects a request ("GET /path?query") and answers it.</summary>
    public ScriptedServer On(string request, int status, string body) => On(request, (_, _) => (status, body));

    public ScriptedServer On(string request, Func<string, ScriptedRequest, (int Status, string Body)> answer)
    {
        lock (_script)
            _script.Enqueue((request, answer));
        return this;
    }

    /// <summary>Fails when a request was not expected, or an expected one was not made.</summary>
    public void Verify()
    {
        lock (_script)
        {
            _unexpected.ShouldBeEmpty();
            _script.Select(step => step.Request).ShouldBeEmpty();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(clients);
    }

    // One request a connection, which the answer says.
    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var (request, body) = await ReadAsync(stream, _stop.Token);
                var (status, answer) = Answer(request, body);
                var bytes = Encoding.UTF8.GetBytes(answer);
                var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
                await stream.WriteAsync(bytes, _stop.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // A client may go away in the middle, as when an answer is too large for it.
            }
        }
    }

    private (int Status, string Body) Answer(ScriptedRequest request, string body)
    {
        var line = $"{request.Method} {Uri.UnescapeDataString(request.Target)}";
        lock (_script)
        {
            if (_script.TryPeek(out var step) && step.Request == line)
            {
                _script.Dequeue();
                try
                {
                    return step.Answer(body, request);
                }
                catch (Exception claim) when (claim is not IOException)
                {
                    _unexpected.Add($"{line}: {claim.Message}");
                    return (418, "not as the script claims");
                }
            }

            _unexpected.Add(line);
            return (418, "not in the script");
        }
    }

    private static async Task<(ScriptedRequest Request, string Body)> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !(head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            if (head.Count > 65_536 || await stream.ReadAsync(one, cancel) == 0)
                throw new IOException("No whole request.");
            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        using var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length))
            await CopyAsync(stream, body, int.Parse(length, CultureInfo.InvariantCulture), cancel);
        else if (headers.TryGetValue("Transfer-Encoding", out var encoding) && encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            await UnchunkAsync(stream, body, cancel);
        return (new ScriptedRequest(first[0], first[1], headers), Encoding.UTF8.GetString(body.ToArray()));
    }

    private static async Task CopyAsync(NetworkStream stream, MemoryStream body, int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancel);
        body.Write(bytes);
    }

    private static async Task UnchunkAsync(NetworkStream stream, MemoryStream body, CancellationToken cancel)
    {
        while (true)
        {
            var size = new StringBuilder();
            var one = new byte[1];
            while (size.Length < 2 || size[^1] != '\n')
            {
                if (size.Length > 20 || await stream.ReadAsync(one, cancel) == 0)
                    throw new IOException("A broken chunk.");
                size.Append((char)one[0]);
            }

            var count = int.Parse(size.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (count > 0)
                await CopyAsync(stream, body, count, cancel);
            await stream.ReadExactlyAsync(new byte[2], cancel);
            if (count == 0)
                return;
        }
    }
}
