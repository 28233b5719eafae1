using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Connection;

public sealed class ContainerExecTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\u0001ended 2\n", "\u0003{\"status\":\"Success\"}", 0)]
    [InlineData("\u0003{\"status\":\"Success\"}", "\u0001ended 2\n", 0)]
    [InlineData("\u0003{\"status\":\"Failure\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"9\"}]}}", "\u0001ended 2\n", 9)]
    public async Task StatusAndOutput_InWhateverOrder_AreBothRead(string first, string second, int exitCode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, [first, second]);
        await using var services = new ServiceCollection().AddKubernetes(new KubernetesOptions())
            .AddSingleton(_ => new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}" })).BuildServiceProvider();

        var result = await services.GetRequiredService<ContainerExec>().RunAsync("shop", "api-1", "app", ["sh", "-c", "true"], Cancellation);

        result.Output.ShouldBe("ended 2\n");
        result.ExitCode.ShouldBe(exitCode);
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, string[] messages)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancellation);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4_096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, Cancellation)));
        string Header(string name) => request.ToString().Split("\r\n").Single(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim();
        // RFC 6455, section 4.2.2: the hash is what the protocol asks for, not a protection.
#pragma warning disable CA5350
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {Header("Sec-WebSocket-Protocol").Split(',')[0]}\r\n\r\n"), Cancellation);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        foreach (var message in messages) await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
    }
}
