using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Connection;

/// <summary>One answer of the scripted API; status 0 drops the connection within the answer.</summary>
internal sealed record Reply(int Status, string Body = "{}", string? RetryAfter = null, TimeSpan Delay = default);

/// <summary>An API server that answers what the test wrote down, in order, and repeats the last answer.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly Queue<Reply> replies;
    private readonly Task loop;
    private readonly CancellationTokenSource stopping = new();

    internal ScriptedApi(params Reply[] script)
    {
        replies = new Queue<Reply>(script);
        (listener, Address) = Listen();
        loop = AnswerAsync();
    }

    internal string Address { get; }

    /// <summary>Method, path and query of every request, in order.</summary>
    internal ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>A client of this server with quick retries.</summary>
    internal ClusterApi Connect(Action<KubernetesOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new KubernetesOptions { RequestTimeout = TimeSpan.FromSeconds(10) };
        configure?.Invoke(options);
        return new ClusterApi(new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = Address }), options, time ?? TimeProvider.System);
    }

    internal static string Status(string reason, string message, string cause = "") =>
        new System.Text.Json.Nodes.JsonObject
        {
            ["kind"] = "Status", ["reason"] = reason, ["message"] = message,
            ["details"] = new System.Text.Json.Nodes.JsonObject { ["causes"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["reason"] = cause }) },
        }.ToJsonString();

    // A port that was free may be another's a moment later.
    private static (HttpListener, string) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            var listener = new HttpListener();
            var address = $"http://127.0.0.1:{FreePort()}/";
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task AnswerAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Requests.Enqueue($"{context.Request.HttpMethod} {context.Request.RawUrl}");
            var reply = replies.Count > 1 ? replies.Dequeue() : replies.Peek();
            _ = ReplyAsync(context, reply);
        }
    }

    private async Task ReplyAsync(HttpListenerContext context, Reply reply)
    {
        try
        {
            if (reply.Delay > TimeSpan.Zero) await Task.Delay(reply.Delay, TimeProvider.System, stopping.Token);
            if (reply.Status == 0)
            {
                context.Response.ContentLength64 = 1_000;
                await context.Response.OutputStream.WriteAsync("{"u8.ToArray(), stopping.Token);
                context.Response.Abort();
                return;
            }
            context.Response.StatusCode = reply.Status;
            if (reply.RetryAfter is not null) context.Response.AddHeader("Retry-After", reply.RetryAfter);
            var body = Encoding.UTF8.GetBytes(reply.Body);
            await context.Response.OutputStream.WriteAsync(body, stopping.Token);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The client went away first, as some tests want.
        }
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Close();
        await loop;
        stopping.Dispose();
    }
}
