using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.PagerDuty;

/// <summary>PagerDuty as a sink of notices, by its Events API v2.</summary>
public sealed class PagerDutyOptions : MessageVendorOptions
{
    /// <summary>The integration key of the service, of the kind Events API v2; without it there is no such sink.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public string RoutingKey { get; set; } = "";

    /// <summary>Where events go; accounts in Europe have <c>events.eu.pagerduty.com</c>.</summary>
    /// <value>Default <c>https://events.pagerduty.com/v2/enqueue</c>.</value>
    public Uri Url { get; set; } = new("https://events.pagerduty.com/v2/enqueue");

    /// <summary>Whether a request for an approval wakes somebody too, as an event of its incident; a decision acknowledges it.</summary>
    /// <value>Default false.</value>
    public bool Approvals { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("escalation:pagerDuty")
        .Check(nameof(RoutingKey), RoutingKey.Length == 32 && RoutingKey.All(char.IsAsciiLetterOrDigit), "must have 32 letters and figures, as PagerDuty shows it")
        .SecretUrl(nameof(Url), Url, "the key").All;
}
