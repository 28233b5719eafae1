namespace Prunella.Integrations.PagerDuty;

/// <summary>PagerDuty as a sink of notices, by its Events API v2.</summary>
public sealed class PagerDutyOptions
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

    /// <summary>How long one request may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("escalation:pagerDuty")
        .Check(nameof(RoutingKey), RoutingKey.Length == 32 && RoutingKey.All(char.IsAsciiLetterOrDigit), "must have 32 letters and figures, as PagerDuty shows it")
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(Url), !OptionProblems.IsHttp(Url) || Url.Scheme == "https" || Url.IsLoopback, "must be https: the key would be readable on the way")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Readable(nameof(AuthorityFile), AuthorityFile).All;
}
