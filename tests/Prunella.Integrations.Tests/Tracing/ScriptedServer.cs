using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prunella.Integrations.Tracing;

/// <summary>
/// A server on loopback that answers a script in order and holds every request against it: method, path with its exact
/// query, and body. A request that was not expected is answered with 418 and remembered.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Queue<(string Request, Func<string, HttpListenerRequest, (int Status, string Body)> Answer)> _script = [];
    private readonly List<string> _unexpected = [];
    private readonly Task _loop;

    public ScriptedServer()
    {
        while (true)
        {
            // A free port from the system; another process may still be quicker, and a listener that failed is spent.
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            _listener = new HttpListener();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                Url = new Uri($"http://127.0.0.1:{port}/");
                break;
            }
            catch (HttpListenerException)
            {
                _listener.Close();
            }
        }

        _loop = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    /// <summary>Expects a request ("GET /path?query") and answers it.</summary>
    public ScriptedServer On(string request, int status, string body) => On(request, (_, _) => (status, body));

    public ScriptedServer On(string request, Func<string, HttpListenerRequest, (int Status, string Body)> answer)
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
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var request = $"{context.Request.HttpMethod} {Uri.UnescapeDataString(context.Request.RawUrl ?? string.Empty)}";
            var (status, answer) = (418, "not in the script");
            lock (_script)
            {
                if (_script.TryPeek(out var step) && step.Request == request)
                {
                    _script.Dequeue();
                    (status, answer) = step.Answer(body, context.Request);
                }
                else
                {
                    _unexpected.Add(request);
                }
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
    }
}
