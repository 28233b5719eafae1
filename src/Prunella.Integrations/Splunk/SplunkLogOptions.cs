namespace Prunella.Integrations.Splunk;

/// <summary>A Splunk that is asked questions, by its management port.</summary>
public sealed class SplunkLogOptions
{
    /// <summary>Its management address, e.g. <c>https://splunk:8089</c>.</summary>
    public Uri? Url { get; set; }

    /// <summary>Index, or a pattern of indices; several with commas.</summary>
    /// <value>Default <c>main</c>.</value>
    public string Index { get; set; } = "main";

    /// <summary>An authentication token; sent as <c>Authorization: Bearer …</c>. Or <see cref="User"/> and <see cref="Password"/>.</summary>
    /// <value>Default none.</value>
    public string Token { get; set; } = "";

    /// <summary>Who logs in for a session.</summary>
    /// <value>Default nobody.</value>
    public string User { get; set; } = "";

    /// <summary>The password of <see cref="User"/>.</summary>
    /// <value>Default none.</value>
    public string Password { get; set; } = "";

    /// <summary>How long one request may take.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one search may take; then it is cancelled.</summary>
    /// <value>Default 5 min.</value>
    public TimeSpan SearchTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait before a search is looked at again.</summary>
    /// <value>Default 250 ms.</value>
    public TimeSpan PollDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    internal IReadOnlyList<string> Problems(string section) => new OptionProblems(section)
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(Index), Index.Length is > 0 and <= 1000 && Index.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '*' or ','), $"is '{InertText.Line(Index)}' and must be names of indices, with commas between them")
        .Check(nameof(Token), Token.Length == 0 || User.Length == 0, "is given together with User; give one")
        .Check(nameof(Token), Token.Length > 0 || User.Length > 0, "is missing; give it, or User and Password")
        .Check(nameof(Token), !Token.Any(char.IsWhiteSpace), "holds white space")
        .Check(nameof(Password), Password.Length == 0 == (User.Length == 0), "and User go together")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        .Within(nameof(SearchTimeout), SearchTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .Within(nameof(PollDelay), PollDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30))
        .Readable(nameof(AuthorityFile), AuthorityFile).All;
}
