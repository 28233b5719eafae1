using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Connection;

/// <summary>What a command in a container said.</summary>
/// <param name="Output">Standard output and error, up to the bound.</param>
/// <param name="ExitCode">Its exit code.</param>
internal sealed record ExecResult(string Output, int ExitCode);

/// <summary>Runs a short command in a container, over the websocket that the API offers for it.</summary>
internal sealed class ContainerExec(ClusterApi api, KubernetesOptions options, TimeProvider time)
{
    private const int OutputBytesMax = 1 << 20;
    private const byte ErrorChannel = 3;
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    /// <exception cref="ClusterApiException">The cluster refuses to run commands, or the connection was lost on the way.</exception>
    internal async Task<ExecResult> RunAsync(string @namespace, string pod, string container, IReadOnlyList<string> command, CancellationToken cancellation)
    {
        const string Resource = "pods/exec";
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        WebSocket socket;
        try
        {
            api.Used("create", "pods/exec");
            socket = await api.Client.WebSocketNamespacedPodExecAsync(pod, @namespace, command, container, stderr: true, stdin: false, stdout: true, tty: false, cancellationToken: linked.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException or k8s.KubernetesException or k8s.Autorest.HttpOperationException)
        {
            var text = exception is k8s.Autorest.HttpOperationException { Response.Content: { Length: > 0 } content } ? content : exception.Message;
            throw new ClusterApiException(ClusterFailure.Refused, "create", Resource,
                $"The cluster does not run commands in {@namespace}/{pod}: {Workloads.InertText.OneLine(text)} (verb \"create\" and \"get\" on \"{Resource}\").", inner: exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterApiException(ClusterFailure.Unreachable, "create", Resource, $"No command could be started in {@namespace}/{pod} within {options.RequestTimeout.TotalSeconds:0.#} s.", inner: exception);
        }
        using (socket)
        {
            try
            {
                return await ReadAsync(socket, linked.Token);
            }
            catch (Exception exception) when (exception is WebSocketException or IOException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                throw new ClusterApiException(ClusterFailure.Lost, "create", Resource, $"The connection to a command in {@namespace}/{pod} was lost: {exception.Message}", inner: exception);
            }
        }
    }

    // Each message starts with a byte that names its stream: 1 output, 2 error output, 3 the final status. The streams are carried
    // side by side, so the status may overtake the last of the output: what follows it is read until the server closes, or for a moment.
    private async Task<ExecResult> ReadAsync(WebSocket socket, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var status = new MemoryStream();
        var buffer = new byte[16_384];
        var channel = -1;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var closed = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), ending, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (socket.State == WebSocketState.Open)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(new Memory<byte>(buffer), ending.Token);
            }
            catch (Exception exception) when (status.Length > 0 && !cancellation.IsCancellationRequested && exception is WebSocketException or IOException or OperationCanceledException)
            {
                break;
            }
            if (received.MessageType == WebSocketMessageType.Close) break;
            var part = buffer.AsMemory(0, received.Count);
            if (channel < 0 && part.Length > 0)
            {
                channel = part.Span[0];
                part = part[1..];
            }
            var sink = channel == ErrorChannel ? status : output;
            if (sink.Length + part.Length <= OutputBytesMax) sink.Write(part.Span);
            if (received.EndOfMessage) channel = -1;
            if (received.EndOfMessage && status.Length > 0) closed.Change(CloseWithin, Timeout.InfiniteTimeSpan);
        }
        return new ExecResult(Encoding.UTF8.GetString(output.ToArray()), ExitCodeOf(status.ToArray()));
    }

    private static int ExitCodeOf(byte[] status)
    {
        try
        {
            var parsed = status.Length == 0 ? null : JsonNode.Parse(status);
            if (parsed?["status"]?.GetValue<string>() == "Success") return 0;
            var code = (parsed?["details"]?["causes"] as JsonArray)?.FirstOrDefault(cause => cause?["reason"]?.GetValue<string>() == "ExitCode")?["message"]?.GetValue<string>();
            return int.TryParse(code, out var value) ? value : -1;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return -1;
        }
    }
}
