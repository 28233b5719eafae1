using MimeKit;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Email;

/// <summary>How the way to the mail server is protected.</summary>
public enum EmailSecurity
{
    /// <summary>Begins in the clear and goes on with TLS; a server that offers none gets no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually on port 465.</summary>
    Tls,

    /// <summary>In the clear: only to this machine.</summary>
    None,
}

/// <summary>E-mail as a sink of notices, by SMTP.</summary>
public sealed class EmailOptions : MessageVendorOptions
{
    /// <summary>The mail server; without it there is no such sink.</summary>
    /// <value>Default none.</value>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    /// <value>Default 587.</value>
    public int Port { get; set; } = 587;

    /// <summary>How the way there is protected.</summary>
    /// <value>Default StartTls.</value>
    public EmailSecurity Security { get; set; } = EmailSecurity.StartTls;

    /// <summary>The user to sign in as; empty for none.</summary>
    /// <value>Default none.</value>
    public string User { get; set; } = "";

    /// <summary>The user's password.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public string Password { get; set; } = "";

    /// <summary>The sender, as in <c>Prunella &lt;prunella@example.com&gt;</c>.</summary>
    /// <value>Required.</value>
    public string From { get; set; } = "";

    /// <summary>The people of the sink <c>email</c>.</summary>
    /// <value>Default none.</value>
    public IList<string> To { get; init; } = [];

    /// <summary>Further lists of people by name, each a sink of its own: <c>lead</c> is the sink <c>email-lead</c>.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, EmailList> Lists { get; init; } = new Dictionary<string, EmailList>(StringComparer.Ordinal);

    /// <summary>Where the console is found, for links; no links without it.</summary>
    /// <value>Default none.</value>
    public Uri? ConsoleUrl { get; set; }

    /// <summary>The sinks that there are: the name of each with its people.</summary>
    internal IEnumerable<(string Sink, IEnumerable<string> To)> Sinks => (To.Count > 0 ? [("email", To)] : Array.Empty<(string, IEnumerable<string>)>()).Concat(Lists.Select(list => ($"email-{list.Key}", (IEnumerable<string>)list.Value.To)));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("escalation:email")
        .HostAndPort(Host, Port, "a mail server")
        .Check(nameof(Security), Security != EmailSecurity.None || OptionProblems.IsThisMachine(Host), "must be StartTls or Tls: mail would be readable on the way")
        .Check(nameof(Password), Password.Length == 0 || User.Length > 0, "is given without User")
        .Check(nameof(From), IsAddress(From), $"is '{From}' and must be an address such as prunella@example.com")
        .Check(nameof(To), To.All(IsAddress), "must hold addresses such as oncall@example.com")
        .Check(nameof(To), To.Count > 0 || Lists.Count > 0, "is empty, and so is Lists: nobody would get mail")
        .Check(nameof(Lists), Lists.All(list => list.Key.Length is > 0 and <= 40 && list.Key.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && list.Value.To.Count > 0 && list.Value.To.All(IsAddress)), "must have names of lower-case letters, figures and hyphens, each with addresses")
        .Check(nameof(ConsoleUrl), ConsoleUrl is null || OptionProblems.IsHttp(ConsoleUrl), "must be an absolute http or https URL without user and password").All;

    private static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var parsed) && parsed.Address.Contains('@', StringComparison.Ordinal) && !text.Any(char.IsControl);
}

/// <summary>People who get the same mail.</summary>
public sealed class EmailList
{
    /// <summary>Their addresses.</summary>
    public IList<string> To { get; init; } = [];
}
