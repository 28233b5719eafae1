namespace Prunella.Integrations.Teams;

/// <summary>A workflow of Microsoft Teams that posts what a webhook takes.</summary>
public sealed class TeamsOptions
{
    /// <summary>The address that the workflow shows; without it there is no such sink.</summary>
    /// <value>Default none. A secret: whoever knows it can post.</value>
    public Uri? Url { get; set; }

    /// <summary>How long one request may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("escalation:teams")
        .Check(nameof(Url), OptionProblems.IsHttp(Url), "must be an absolute http or https URL without user and password")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Readable(nameof(AuthorityFile), AuthorityFile).All;
}
