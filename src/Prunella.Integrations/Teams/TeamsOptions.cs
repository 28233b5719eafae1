using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Teams;

/// <summary>A workflow of Microsoft Teams that posts what a webhook takes.</summary>
public sealed class TeamsOptions : MessageVendorOptions
{
    /// <summary>The address that the workflow shows; without it there is no such sink.</summary>
    /// <value>Default none. A secret: whoever knows it can post.</value>
    public Uri? Url { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("escalation:teams")
        .Check(nameof(Url), OptionProblems.IsHttp(Url), "must be an absolute http or https URL without user and password").All;
}
