using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Prunella.Integrations.Http;
using Prunella.Ledger;

namespace Prunella.Integrations.Siem;

/// <summary>
/// Sends ledger entries as syslog, framed by their lengths in octets. Syslog answers nothing, and what was written to a connection may
/// never be read: each batch has a connection of its own, and counts as taken when the receiver has read to its end and closed.
/// </summary>
public sealed class SyslogLedgerSink : ILedgerSink
{
    private readonly SyslogLedgerOptions options;
    private readonly CefSyslog cef;
    private readonly string host = Environment.MachineName;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public SyslogLedgerSink(SyslogLedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        cef = new CefSyslog(host, typeof(SyslogLedgerSink).Assembly.GetName().Version?.ToString(3) ?? "0");
    }

    /// <inheritdoc/>
    public string Name => "syslog";

    /// <inheritdoc/>
    public int BatchMax => 500;

    /// <inheritdoc/>
    public bool FromTheBeginning => options.FromTheBeginning;

    /// <inheritdoc/>
    public async Task<int> TakeAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(options.Timeout);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(options.Host, options.Port, limited.Token).ConfigureAwait(false);
            if (options.Tls) await SendTlsAsync(tcp, entries, limited.Token).ConfigureAwait(false);
            else await SendAsync(tcp.GetStream(), () => ShutAsync(tcp), entries, limited.Token).ConfigureAwait(false);
            return entries.Count;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LedgerSinkException($"the receiver {options.Host}:{options.Port} did not read and close within {options.Timeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException)
        {
            throw new LedgerSinkException($"the receiver {options.Host}:{options.Port} failed: {InertText.Line(failure.Message, 300)}", failure);
        }
    }

    private async Task SendTlsAsync(TcpClient tcp, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        var stream = new SslStream(tcp.GetStream());
        await using (stream.ConfigureAwait(false))
        {
            using var own = options.CertificateFile.Length > 0 ? X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile) : null;
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = options.Host,
                ClientCertificates = own is null ? null : [own],
                CertificateChainPolicy = options.AuthorityFile.Length > 0 ? Authorities.PolicyOf(options.AuthorityFile) : null,
            }, cancellation).ConfigureAwait(false);
            await SendAsync(stream, stream.ShutdownAsync, entries, cancellation).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Stream stream, Func<Task> shut, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            var message = Encoding.UTF8.GetBytes(options.Format == SyslogLedgerFormat.Cef ? cef.ToMessage(entry) : Json(entry));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), cancellation).ConfigureAwait(false);
            await stream.WriteAsync(message, cancellation).ConfigureAwait(false);
        }
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
        await shut().ConfigureAwait(false);
        var rest = new byte[256];
        while (await stream.ReadAsync(rest, cancellation).ConfigureAwait(false) > 0)
        {
            // A receiver has nothing to say; only that it ends counts.
        }
    }

    private string Json(LedgerEntry entry)
    {
        try
        {
            return cef.HeaderOf(entry) + LedgerJsonLines.ToLine(entry);
        }
        catch (CanonicalJsonException)
        {
            // Changed in the store into something without canonical form: the SIEM sees that it is there, and the verification tells it.
            return cef.ToMessage(entry);
        }
    }

    private static Task ShutAsync(TcpClient tcp)
    {
        tcp.Client.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
