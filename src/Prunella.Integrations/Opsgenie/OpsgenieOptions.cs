using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Opsgenie;

/// <summary>Opsgenie, or what takes its alerts, as a sink of notices.</summary>
public sealed class OpsgenieOptions : MessageVendorOptions
{
    /// <summary>The key of an API integration; without it there is no such sink.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public string ApiKey { get; set; } = "";

    /// <summary>The address of its API; accounts in Europe have <c>https://api.eu.opsgenie.com/</c>.</summary>
    /// <value>Default <c>https://api.opsgenie.com/</c>.</value>
    public Uri Url { get; set; } = new("https://api.opsgenie.com/");

    /// <summary>Names of teams that are told; those of the integration when none is given.</summary>
    /// <value>Default none.</value>
    public IList<string> Teams { get; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("escalation:opsgenie")
        .Check(nameof(ApiKey), ApiKey.Length is > 0 and <= 200 && !ApiKey.Any(char.IsWhiteSpace), "is missing or holds white space")
        .SecretUrl(nameof(Url), Url, "the key")
        .Check(nameof(Teams), Teams.Count <= 50 && Teams.All(team => team.Length is > 0 and <= 100), "holds more than 50 teams, or an empty name").All;
}
