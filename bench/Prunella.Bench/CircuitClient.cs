using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Prunella.Bench;

/// <summary>
/// One open console without a browser: it loads a page over HTTP, opens the page's connection as Blazor's script does, and answers what the server
/// asks of a browser. What is drawn is only searched for a text. Costs some 100 kB, so that fifty of them leave the processor to the server.
/// </summary>
/// <remarks>The protocol is SignalR's MessagePack under the name <c>blazorpack</c>: messages with a length before each, arrays of type, headers, id, target, arguments.</remarks>
internal sealed partial class CircuitClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly Action<ReadOnlyMemory<byte>> drawn;
    private byte[] buffer = new byte[1 << 16];
    private int filled;

    private CircuitClient(Action<ReadOnlyMemory<byte>> drawn) => this.drawn = drawn;

    /// <summary>Batches of changes that the server sent.</summary>
    internal int Batches { get; private set; }

    /// <summary>Bytes that it sent.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Why the server gave the connection up; empty while it has not.</summary>
    internal string Fault { get; private set; } = "";

    /// <summary>Opens a page and its connection.</summary>
    /// <param name="http">A client with the server's address and the session's cookie.</param>
    /// <param name="cookie">That cookie.</param>
    /// <param name="path">The page.</param>
    /// <param name="drawn">Called with each batch of changes.</param>
    /// <param name="cancellation">Ends the connection.</param>
    internal static async Task<CircuitClient> OpenAsync(HttpClient http, string cookie, string path, Action<ReadOnlyMemory<byte>> drawn, CancellationToken cancellation)
    {
        var page = await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation);
        var components = ComponentMark().Matches(page).Select(match => match.Groups[1].Value).Where(mark => mark.Contains("\"descriptor\"", StringComparison.Ordinal)).ToList();
        if (components.Count == 0) throw new InvalidDataException($"{path} holds no interactive component.");
        var client = new CircuitClient(drawn);
        client.socket.Options.SetRequestHeader("Cookie", cookie);
        client.socket.Options.SetRequestHeader("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        await client.socket.ConnectAsync(new UriBuilder(new Uri(http.BaseAddress, "/_blazor")) { Scheme = "ws" }.Uri, cancellation);
        await client.socket.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        await client.ReadHandshakeAsync(cancellation);
        await client.SendAsync("StartCircuit", cancellation, http.BaseAddress.ToString(), new Uri(http.BaseAddress, path).ToString(), $"[{string.Join(',', components)}]", "");
        return client;
    }

    /// <summary>Reads and answers until cancelled or closed.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var alive = new PeriodicTimer(TimeSpan.FromSeconds(10), TimeProvider.System);
        var pinging = PingAsync(alive, cancellation);
        try
        {
            while (await FillAsync(cancellation)) await TakeAllAsync(cancellation);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException && cancellation.IsCancellationRequested)
        {
            // The measurement is over.
        }
        alive.Dispose();
        await pinging;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        sending.Dispose();
        await ValueTask.CompletedTask;
    }

    private async Task PingAsync(PeriodicTimer alive, CancellationToken cancellation)
    {
        try
        {
            while (await alive.WaitForNextTickAsync(cancellation)) await WriteAsync([2, 0x91, 6], cancellation);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException)
        {
            // The connection ended.
        }
    }

    private async Task ReadHandshakeAsync(CancellationToken cancellation)
    {
        while (Array.IndexOf(buffer, (byte)0x1e, 0, filled) < 0)
            if (!await FillAsync(cancellation)) throw new InvalidDataException("The server closed the connection at its beginning.");
        var end = Array.IndexOf(buffer, (byte)0x1e, 0, filled) + 1;
        Drop(end);
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
        filled += received.Count;
        Bytes += received.Count;
        return received.MessageType != WebSocketMessageType.Close;
    }

    private void Drop(int count)
    {
        buffer.AsSpan(count, filled - count).CopyTo(buffer);
        filled -= count;
    }

    private async Task TakeAllAsync(CancellationToken cancellation)
    {
        var taken = 0;
        while (TryLength(taken, out var start, out var length) && start + length <= filled)
        {
            await TakeAsync(buffer.AsMemory(start, length), cancellation);
            taken = start + length;
        }
        if (taken > 0) Drop(taken);
    }

    // Seven bits a byte, the low ones first; the high bit says that more follow.
    private bool TryLength(int at, out int start, out int length)
    {
        (start, length) = (at, 0);
        for (var shift = 0; start < filled; shift += 7)
        {
            var part = buffer[start++];
            length |= (part & 0x7f) << shift;
            if ((part & 0x80) == 0) return true;
        }
        return false;
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var reader = new PackReader(message);
        if (reader.ReadArray() < 4 || reader.ReadInteger() != 1) return; // pings, completions
        reader.Skip();
        reader.Skip();
        var target = reader.ReadText();
        reader.ReadArray();
        switch (target)
        {
            case "JS.RenderBatch":
                var batch = reader.ReadInteger();
                Batches++;
                drawn(reader.ReadBytes());
                await SendAsync("OnRenderCompleted", cancellation, batch, null);
                break;
            case "JS.BeginInvokeJS":
                var task = reader.ReadInteger();
                await SendAsync("EndInvokeJSFromDotNet", cancellation, task, true, $"[{task},true,null]");
                break;
            case "JS.Error":
                Fault = reader.ReadText();
                break;
        }
    }

    private Task SendAsync(string target, CancellationToken cancellation, params object?[] arguments)
    {
        using var body = new MemoryStream();
        body.Write([0x96, 1, 0x80, 0xc0]);
        Pack(body, target);
        body.WriteByte((byte)(0x90 | arguments.Length));
        foreach (var argument in arguments) Pack(body, argument);
        body.WriteByte(0x90);
        using var framed = new MemoryStream();
        for (var left = (uint)body.Length; ; left >>= 7)
        {
            framed.WriteByte((byte)(left > 0x7f ? (left & 0x7f) | 0x80 : left));
            if (left <= 0x7f) break;
        }
        body.WriteTo(framed);
        return WriteAsync(framed.ToArray(), cancellation);
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellation)
    {
        await sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        finally
        {
            sending.Release();
        }
    }

    private static void Pack(MemoryStream to, object? value)
    {
        Span<byte> head = stackalloc byte[9];
        switch (value)
        {
            case null: to.WriteByte(0xc0); break;
            case bool yes: to.WriteByte((byte)(yes ? 0xc3 : 0xc2)); break;
            case long number:
                head[0] = 0xd3;
                BinaryPrimitives.WriteInt64BigEndian(head[1..], number);
                to.Write(head);
                break;
            default:
                var text = Encoding.UTF8.GetBytes((string)value);
                head[0] = 0xdb;
                BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)text.Length);
                to.Write(head[..5]);
                to.Write(text);
                break;
        }
    }

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->", RegexOptions.CultureInvariant)]
    private static partial Regex ComponentMark();
}
