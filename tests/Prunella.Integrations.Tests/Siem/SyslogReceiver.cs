using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Prunella.Integrations.Tests.People;

namespace Prunella.Integrations.Tests.Siem;

/// <summary>Receives syslog framed by octets, checks each message against RFC 5424, and closes when the sender has ended.</summary>
internal sealed partial class SyslogReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly SmtpServer? certificates;
    private readonly Task loop;

    internal SyslogReceiver(SmtpServer? certificates = null)
    {
        this.certificates = certificates;
        listener.Start();
        loop = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal ConcurrentQueue<string> Messages { get; } = [];

    internal ConcurrentQueue<string> Sins { get; } = [];

    /// <summary>Breaks the next connections after so many messages without reading on.</summary>
    internal int BreaksAfter { get; set; } = int.MaxValue;

    internal int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        stop.Dispose();
        Sins.ShouldBeEmpty();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                Connections++;
                try
                {
                    await ReadAsync(client);
                }
                catch (Exception gone) when (gone is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The sender did not trust the certificate, or left.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ReadAsync(TcpClient client)
    {
        Stream stream = client.GetStream();
        if (certificates is not null)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificates.Certificate }, stop.Token);
            stream = tls;
        }
        var (left, one) = (BreaksAfter, new byte[1]);
        while (true)
        {
            var digits = "";
            while (true)
            {
                if (await stream.ReadAsync(one, stop.Token) == 0)
                {
                    if (digits.Length > 0) Sins.Enqueue("ended within a length");
                    return;
                }
                if (one[0] == ' ') break;
                digits += (char)one[0];
            }
            if (left-- == 0)
            {
                client.LingerState = new LingerOption(enable: true, 0);
                return;
            }
            var body = new byte[int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, stop.Token);
            var message = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
            if (!Rfc5424().IsMatch(message)) Sins.Enqueue(message);
            Messages.Enqueue(message);
        }
    }

    [GeneratedRegex(@"\A<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z [!-~]{1,255} prunella - [!-~]{1,32} - [^\n]*\z")]
    private static partial Regex Rfc5424();
}
