using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Http;

namespace Prunella.Integrations.Email;

/// <summary>
/// Sends notices as mail to a list of people. Who of them was refused is told, and only those get it again who were refused for a while.
/// A mail that may have been sent twice has the same <c>Message-ID</c> both times. Thread-safe.
/// </summary>
public sealed class EmailSink : IEscalationSink
{
    private const string Place = "email/";
    private readonly EmailOptions options;
    private readonly MailboxAddress from;
    private readonly IReadOnlyList<MailboxAddress> people;
    private readonly INoticeMemory memory;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="name">The sink's name: <c>email</c> or <c>email-</c> and a list.</param>
    /// <param name="to">The people's addresses.</param>
    /// <param name="options">How mail is sent.</param>
    /// <param name="memory">Where is kept who got what, when not all did.</param>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public EmailSink(string name, IEnumerable<string> to, EmailOptions options, INoticeMemory memory)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        (Name, this.options, this.memory) = (name, options, memory);
        from = MailboxAddress.Parse(options.From);
        people = [.. to.Select(MailboxAddress.Parse)];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        // Who asked is told by the server's log and the console; mail about each step would be mail that nobody reads.
        if (notice.Kind == NoticeKind.ApprovalSettled) return;
        var place = $"{Place}{Name}/{notice.Key}";
        var done = await memory.RecallAsync(place, cancellation).ConfigureAwait(false) is { } kept ? JsonSerializer.Deserialize<HashSet<string>>(kept) ?? [] : [];
        var open = people.Where(person => !done.Contains(person.Address)).ToList();
        if (open.Count == 0) return;
        using var client = new ListeningClient();
        await SendAsync(client, EmailText.Of(notice, Name, from, open, options.ConsoleUrl), cancellation).ConfigureAwait(false);
        if (client.Refused.Count == 0) return;
        done.UnionWith(open.Select(person => person.Address).Except(client.Refused.Where(one => one.ForNow).Select(one => one.Address), StringComparer.Ordinal));
        await memory.RememberAsync(place, JsonSerializer.Serialize(done), cancellation).ConfigureAwait(false);
        throw new EscalationFailedException($"The mail server did not take it for {string.Join(", ", client.Refused.Select(one => $"{one.Address} ({(one.ForNow ? "for now" : "for good")}: {InertText.Line(one.Why, 200)})"))}.");
    }

    private async Task SendAsync(ListeningClient client, MimeMessage message, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(options.Timeout);
        client.CheckCertificateRevocation = false;
        if (options.AuthorityFile.Length > 0) client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        try
        {
            await client.ConnectAsync(options.Host, options.Port, options.Security switch { EmailSecurity.Tls => SecureSocketOptions.SslOnConnect, EmailSecurity.None => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, limited.Token).ConfigureAwait(false);
            if (options.User.Length > 0) await client.AuthenticateAsync(options.User, options.Password, limited.Token).ConfigureAwait(false);
            await client.SendAsync(message, limited.Token).ConfigureAwait(false);
        }
        catch (SmtpCommandException refused) when (client.Refused.Count > 0 && refused.ErrorCode is SmtpErrorCode.MessageNotAccepted or SmtpErrorCode.RecipientNotAccepted)
        {
            // Nobody was accepted; the caller tells why for each.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EscalationFailedException($"The mail server {options.Host} did not answer within {options.Timeout.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (failure is CommandException or ProtocolException or System.Security.Authentication.AuthenticationException or MailKit.Security.AuthenticationException or SslHandshakeException or NotSupportedException or IOException or System.Net.Sockets.SocketException or ServiceNotConnectedException)
        {
            throw new EscalationFailedException($"The mail server {options.Host} did not take the message: {InertText.Line(failure.Message, 300)}", failure);
        }
        try
        {
            await client.DisconnectAsync(quit: true, limited.Token).ConfigureAwait(false);
        }
        catch (Exception late) when (late is CommandException or ProtocolException or IOException or System.Net.Sockets.SocketException || (late is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The message was taken before.
        }
    }

    // The system's word about names and dates stands; only whom to trust is given.
    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, System.Net.Security.SslPolicyErrors errors)
    {
        if ((errors & ~System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors) != 0 || certificate is not X509Certificate2 shown) return false;
        using var own = new X509Chain { ChainPolicy = Authorities.PolicyOf(options.AuthorityFile) };
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(shown);
    }

    /// <summary>Goes on for the others when a recipient is refused.</summary>
    private sealed class ListeningClient : SmtpClient
    {
        internal List<(string Address, bool ForNow, string Why)> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Refused.Add((mailbox.Address, (int)response.StatusCode < 500, $"{(int)response.StatusCode} {response.Response}"));
    }
}
