using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace Prunella.Integrations.Tests.People;

/// <summary>
/// A mail server that takes what RFC 5321 allows and nothing else: commands in their order, lines ended by CRLF and of at most 998 octets,
/// no mail before STARTTLS and none before signing in where it asks for that.
/// </summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    internal SmtpServer()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        CertificatePem = made.ExportCertificatePem();
        Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        listener.Start();
        loop = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    internal X509Certificate2 Certificate { get; }

    internal string CertificatePem { get; }

    internal bool OffersTls { get; init; } = true;

    internal bool AsksForPassword { get; init; } = true;

    /// <summary>What it says to a recipient; null takes it.</summary>
    internal Func<string, string?> Recipient { get; set; } = _ => null;

    /// <summary>What it says after the message; null takes it.</summary>
    internal Func<string?> AfterData { get; set; } = () => null;

    /// <summary>Ends the connection after taking the message, before saying so.</summary>
    internal bool HangsUpAfterData { get; set; }

    internal ConcurrentQueue<(string[] To, MimeMessage Message)> Mail { get; } = [];

    internal ConcurrentQueue<string> Sins { get; } = [];

    /// <summary>Whether a password, or mail, was shown without TLS.</summary>
    internal bool SeenInTheClear { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        listener.Stop();
        Certificate.Dispose();
        stop.Dispose();
        Sins.ShouldBeEmpty();
    }

    private async Task AcceptAsync()
    {
        List<Task> clients = [];
        try
        {
            while (true) clients.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        try
        {
            await new Conversation(this, client.GetStream(), stop.Token).RunAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client left, or did not trust the certificate.
        }
    }

    private sealed class Conversation(SmtpServer server, Stream stream, CancellationToken stop)
    {
        private readonly List<string> to = [];
        private Stream stream = stream;
        private bool secure, greeted, known, from;

        internal async Task RunAsync()
        {
            await SayAsync("220 mail.example.com ESMTP");
            while (await ReadLineAsync() is { } line)
            {
                var verb = line.Split(' ')[0].ToUpperInvariant();
                if (verb == "QUIT") { await SayAsync("221 bye"); return; }
                if (!await AnswerAsync(verb, line)) return;
            }
        }

        private async Task<bool> AnswerAsync(string verb, string line)
        {
            switch (verb)
            {
                case "EHLO":
                    greeted = true;
                    await SayAsync("250-mail.example.com\r\n250-8BITMIME\r\n250-SIZE 10485760" + (server.OffersTls && !secure ? "\r\n250-STARTTLS" : "") + (server.AsksForPassword ? "\r\n250 AUTH PLAIN LOGIN" : "\r\n250 HELP"));
                    return true;
                case "STARTTLS" when greeted && server.OffersTls && !secure:
                    await SayAsync("220 go ahead");
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, stop);
                    (stream, secure, greeted) = (tls, true, false);
                    return true;
                case "AUTH" when greeted && !known:
                    if (!secure) server.SeenInTheClear = true;
                    known = line == "AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0prunella\0s3cret"));
                    await SayAsync(known ? "235 2.7.0 welcome" : "535 5.7.8 no");
                    return true;
                case "MAIL" when greeted && !from && (known || !server.AsksForPassword):
                    if (!line.StartsWith("MAIL FROM:<prunella@example.com>", StringComparison.Ordinal)) server.Sins.Enqueue(line);
                    from = true;
                    to.Clear();
                    await SayAsync("250 2.1.0 ok");
                    return true;
                case "RCPT" when from:
                    var address = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    var refusal = server.Recipient(address);
                    if (refusal is null) to.Add(address);
                    await SayAsync(refusal ?? "250 2.1.5 ok");
                    return true;
                case "RSET":
                    from = false;
                    await SayAsync("250 ok");
                    return true;
                case "DATA" when from && to.Count > 0:
                    await SayAsync("354 go on");
                    return await TakeAsync();
                default:
                    server.Sins.Enqueue($"out of order: {line}");
                    await SayAsync("503 5.5.1 out of order");
                    return true;
            }
        }

        private async Task<bool> TakeAsync()
        {
            var text = new StringBuilder();
            while (await ReadLineAsync() is { } line && line != ".") text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            if (!secure) server.SeenInTheClear = true;
            from = false;
            if (server.AfterData() is { } no) { await SayAsync(no); return true; }
            using var read = new MemoryStream(Encoding.Latin1.GetBytes(text.ToString()));
            server.Mail.Enqueue(([.. to], await MimeMessage.LoadAsync(read, stop)));
            if (server.HangsUpAfterData) return false;
            await SayAsync("250 2.0.0 queued");
            return true;
        }

        private async Task SayAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), stop);

        private async Task<string?> ReadLineAsync()
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, stop) > 0)
            {
                if (one[0] != '\n') { line.Add(one[0]); continue; }
                if (line.Count == 0 || line[^1] != '\r') server.Sins.Enqueue("a line that is not ended by CRLF");
                if (line.Count > 999) server.Sins.Enqueue($"a line of {line.Count} octets");
                return Encoding.Latin1.GetString([.. line], 0, Math.Max(0, line.Count - 1));
            }
            return null;
        }
    }
}
