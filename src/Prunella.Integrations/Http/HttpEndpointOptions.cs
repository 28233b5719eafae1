namespace Prunella.Integrations.Http;

/// <summary>One named address that an action may call. Alerts and playbooks choose it by name and never by address.</summary>
public sealed class HttpEndpointOptions
{
    /// <summary>Where requests go.</summary>
    public Uri? Url { get; set; }

    /// <summary>How.</summary>
    /// <value>Default POST; POST, PUT, DELETE, PURGE or BAN.</value>
    public string Method { get; set; } = "POST";

    /// <summary>Headers sent with each request, as <c>X-Api-Key</c>. Their values are never shown.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How Prunella proves who it is.</summary>
    /// <value>Default not at all.</value>
    public HttpCredentials Credentials { get; set; } = new();

    /// <summary>
    /// A key that signs each request: <c>X-Prunella-Signature: v1=</c> and the hex of HMAC-SHA256 over the text of
    /// <c>X-Prunella-Timestamp</c>, a full stop, and the raw body.
    /// </summary>
    /// <value>Default none; at least 16 characters.</value>
    public string SigningKey { get; set; } = "";

    /// <summary>Whether the receiver does the same request once however often it arrives, told by <c>Idempotency-Key</c>. Only then is a request repeated that may have arrived.</summary>
    /// <value>Default false.</value>
    public bool Idempotent { get; set; }

    /// <summary>Where the receiver tells whether it did a request: <c>{execution}</c> stands for its id; 2xx means done, 404 means never arrived. Null when it cannot tell.</summary>
    /// <value>Default null: after a lost answer a person has to look.</value>
    public string? StatusUrl { get; set; }

    /// <summary>How long one request may take.</summary>
    /// <value>Default 15 s; 100 ms to 5 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    private static readonly string[] Methods = ["POST", "PUT", "DELETE", "PURGE", "BAN"];

    /// <summary>Headers that Prunella writes itself.</summary>
    private static readonly string[] Reserved = ["Authorization", "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Idempotency-Key"];

    internal IReadOnlyList<string> Problems(string section) => Credentials.Check(new OptionProblems(section)
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(Method), Methods.Contains(Method), $"is '{Method}' and must be one of {string.Join(", ", Methods)}")
        .Check(nameof(Headers), Headers.All(header => HttpHeaderText.IsName(header.Key) && HttpHeaderText.IsValue(header.Value)), "holds a name or a value that no header may have")
        .Check(nameof(Headers), !Headers.Keys.Any(name => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("X-Prunella-", StringComparison.OrdinalIgnoreCase)), $"must not hold {string.Join(", ", Reserved)} or X-Prunella-…")
        .Check(nameof(SigningKey), SigningKey.Length is 0 or >= 16, "must have at least 16 characters")
        .Check(nameof(StatusUrl), StatusUrl is null || (StatusUrl.Contains("{execution}", StringComparison.Ordinal) && Uri.TryCreate(StatusUrl.Replace("{execution}", "x", StringComparison.Ordinal), UriKind.Absolute, out var status) && OptionProblems.IsHttp(status)), "must be an http or https URL with {execution}")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
        .Readable(nameof(AuthorityFile), AuthorityFile)).All;
}
