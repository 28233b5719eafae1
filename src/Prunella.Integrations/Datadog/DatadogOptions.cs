namespace Prunella.Integrations.Datadog;

/// <summary>The configuration section <c>datadog</c>.</summary>
public sealed class DatadogOptions
{
    /// <summary>The name that playbooks choose it by.</summary>
    /// <value>Default <c>datadog</c>.</value>
    public string Name { get; set; } = "datadog";

    /// <summary>The API of the account's site.</summary>
    /// <value>Default <c>https://api.datadoghq.com</c>; https but for loopback.</value>
    public Uri Url { get; set; } = new("https://api.datadoghq.com");

    /// <summary>Sent as <c>DD-API-KEY</c>.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Sent as <c>DD-APPLICATION-KEY</c>; needs the scope timeseries_query.</summary>
    public string ApplicationKey { get; set; } = "";

    /// <summary>How long one question may take.</summary>
    /// <value>Default 10 s; 100 ms to 2 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How old the newest sample may be, and how far back a question about a moment looks.</summary>
    /// <value>Default 10 minutes, as agents report in intervals; 1 minute to 1 h.</value>
    public TimeSpan Staleness { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest answer that is read.</summary>
    /// <value>Bytes. Default 8 MiB; 1 KiB to 256 MiB.</value>
    public int AnswerBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => new OptionProblems("datadog")
        .Check(nameof(Name), Name.StartsWith("datadog", StringComparison.Ordinal) && Name.Length <= 63, $"is '{Name}' and must begin with 'datadog'")
        .SecretUrl(nameof(Url), Url, "the keys")
        .Check(nameof(ApiKey), IsKey(ApiKey), "is missing or holds characters that no key has")
        .Check(nameof(ApplicationKey), IsKey(ApplicationKey), "is missing or holds characters that no key has")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Within(nameof(Staleness), Staleness, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1))
        .Within(nameof(AnswerBytesMax), AnswerBytesMax, 1024, 256 * 1024 * 1024).All;

    private static bool IsKey(string key) => key.Length is > 0 and <= 256 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}
