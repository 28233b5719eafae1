using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>Syslog over UDP, TCP and TLS. Messages that come together are accepted together, with one write to the disk.</summary>
internal sealed partial class SyslogReceiver(LogPipeline pipeline, IOptions<LogIngestOptions> options, TimeProvider time, ILogger<SyslogReceiver> logger) : BackgroundService
{
    private const int DatagramBytesMax = 65_536;
    private const int BatchBytes = 256 << 10;
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private int connections;
    private long dropped;
    private Socket? udp, tcp, tls;
    private SslServerAuthenticationOptions? secured;

    /// <summary>Where UDP is received.</summary>
    internal IPEndPoint? Udp { get; private set; }

    /// <summary>Where TCP is received.</summary>
    internal IPEndPoint? Tcp { get; private set; }

    /// <summary>Datagrams that came while the spool was full.</summary>
    internal long Dropped => Interlocked.Read(ref dropped);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Listening before the server is ready, so that a port that is taken stops the start.
        var address = IPAddress.Parse(options.Value.SyslogAddress);
        if (options.Value.SyslogUdpPort > 0)
        {
            udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
            udp.Bind(new IPEndPoint(address, options.Value.SyslogUdpPort));
            Udp = (IPEndPoint)udp.LocalEndPoint!;
        }

        if (options.Value.SyslogTcpPort > 0)
        {
            tcp = Listen(address, options.Value.SyslogTcpPort);
            Tcp = (IPEndPoint)tcp.LocalEndPoint!;
        }

        if (options.Value.SyslogTlsPort > 0)
        {
            secured = SyslogTls.Read(options.Value);
            tls = Listen(address, options.Value.SyslogTlsPort);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        udp is null ? Task.CompletedTask : ReceiveDatagramsAsync(udp, stoppingToken),
        tcp is null ? Task.CompletedTask : AcceptConnectionsAsync(tcp, null, stoppingToken),
        tls is null ? Task.CompletedTask : AcceptConnectionsAsync(tls, secured, stoppingToken));

    public override void Dispose()
    {
        udp?.Dispose();
        tcp?.Dispose();
        tls?.Dispose();
        base.Dispose();
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    private async Task ReceiveDatagramsAsync(Socket socket, CancellationToken stop)
    {
        var datagram = new byte[DatagramBytesMax];
        var lines = new ArrayBufferWriter<byte>(BatchBytes);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var count = 0;
                do
                {
                    var length = await socket.ReceiveAsync(datagram, stop);
                    SyslogFraming.WriteLine(datagram.AsSpan(0, length), lines);
                    count++;
                }
                while (socket.Available > 0 && lines.WrittenCount < BatchBytes);
                if (!TryAccept(lines.WrittenSpan)) Interlocked.Add(ref dropped, count);
                lines.ResetWrittenCount();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException broken)
            {
                ConnectionBroken(logger, broken.Message);
            }
        }
    }

    private async Task AcceptConnectionsAsync(Socket listener, SslServerAuthenticationOptions? security, CancellationToken stop)
    {
        var open = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var connection = await listener.AcceptAsync(stop);
                if (Volatile.Read(ref connections) >= options.Value.SyslogConnectionsMax)
                {
                    connection.Dispose();
                    continue;
                }

                Interlocked.Increment(ref connections);
                open.RemoveAll(static task => task.IsCompleted);
                open.Add(ReceiveStreamAsync(connection, security, stop));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException broken)
            {
                ConnectionBroken(logger, broken.Message);
            }
        }

        await Task.WhenAll(open);
    }

    private async Task ReceiveStreamAsync(Socket connection, SslServerAuthenticationOptions? security, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2 * SyslogFraming.MessageBytesMax);
        var lines = new ArrayBufferWriter<byte>(BatchBytes);
        try
        {
            await using (var stream = await OpenAsync(connection, security, stop))
            {
                var filled = 0;
                while (true)
                {
                    var read = await stream.ReadAsync(buffer.AsMemory(filled), stop);
                    filled = Take(buffer, filled + read, lines, last: read == 0);

                    // Nothing more is read until this is on the disk: the sender waits.
                    while (!TryAccept(lines.WrittenSpan)) await Task.Delay(Retry, time, stop);
                    lines.ResetWrittenCount();
                    if (read == 0) return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception broken) when (broken is IOException or SocketException or AuthenticationException)
        {
            ConnectionBroken(logger, broken.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Interlocked.Decrement(ref connections);
        }
    }

    // The handshake has its time: a sender that says nothing does not keep a place.
    private async Task<Stream> OpenAsync(Socket connection, SslServerAuthenticationOptions? security, CancellationToken stop)
    {
        Stream stream = new NetworkStream(connection, ownsSocket: true);
        if (security is null) return stream;
        var secure = new SslStream(stream);
        try
        {
            using var limit = new CancellationTokenSource(Handshake, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            await secure.AuthenticateAsServerAsync(security, linked.Token);
            return secure;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await secure.DisposeAsync();
            throw new AuthenticationException($"No handshake within {Handshake.TotalSeconds} s.");
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    // Messages go to the lines; what is left of the buffer moves to its front.
    private static int Take(byte[] buffer, int filled, ArrayBufferWriter<byte> lines, bool last)
    {
        ReadOnlySpan<byte> left = buffer.AsSpan(0, filled);
        while (SyslogFraming.TryTake(ref left, out var message)) SyslogFraming.WriteLine(message, lines);
        if (last)
        {
            SyslogFraming.WriteLine(left, lines);
            return 0;
        }

        left.CopyTo(buffer);
        return left.Length;
    }

    private bool TryAccept(ReadOnlySpan<byte> lines)
    {
        try
        {
            return pipeline.TryAccept(lines, "syslog");
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            SpoolAway(logger, away.Message);
            return false;
        }
    }

    [LoggerMessage(3205, LogLevel.Warning, "Syslog: {Message}")]
    private static partial void ConnectionBroken(ILogger logger, string message);

    [LoggerMessage(3206, LogLevel.Error, "Syslog cannot be accepted: {Message}")]
    private static partial void SpoolAway(ILogger logger, string message);
}
