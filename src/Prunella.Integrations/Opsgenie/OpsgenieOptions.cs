namespace Prunella.Integrations.Opsgenie;

/// <summary>Opsgenie, or what takes its alerts, as a sink of notices.</summary>
public sealed class OpsgenieOptions
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

    /// <summary>How long one request may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("escalation:opsgenie")
        .Check(nameof(ApiKey), ApiKey.Length is > 0 and <= 200 && !ApiKey.Any(char.IsWhiteSpace), "is missing or holds white space")
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(Url), !OptionProblems.IsHttp(Url) || Url.Scheme == "https" || Url.IsLoopback, "must be https: the key would be readable on the way")
        .Check(nameof(Teams), Teams.Count <= 50 && Teams.All(team => team.Length is > 0 and <= 100), "holds more than 50 teams, or an empty name")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Readable(nameof(AuthorityFile), AuthorityFile).All;
}
