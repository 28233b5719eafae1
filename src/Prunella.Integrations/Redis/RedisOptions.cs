namespace Prunella.Integrations.Redis;

/// <summary>The configuration section <c>redis</c>: the caches that may be cleared, by name.</summary>
public sealed class RedisOptions
{
    /// <summary>Caches by name; a playbook's target or parameter names one.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, RedisCacheOptions> Caches { get; init; } = new Dictionary<string, RedisCacheOptions>(StringComparer.Ordinal);

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => [.. Caches.SelectMany(cache => cache.Value.Problems($"redis:Caches:{cache.Key}"))];
}

/// <summary>One Redis that serves as a cache.</summary>
public sealed class RedisCacheOptions
{
    /// <summary>Host and port: <c>cache.shop.svc:6379</c>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The user of an access list.</summary>
    /// <value>Default the default user.</value>
    public string User { get; set; } = "";

    /// <summary>The password.</summary>
    /// <value>Default none.</value>
    public string Password { get; set; } = "";

    /// <summary>Whether the connection is encrypted.</summary>
    /// <value>Default false.</value>
    public bool Tls { get; set; }

    /// <summary>The database when a proposal names none.</summary>
    /// <value>Default 0; 0 to 1 023.</value>
    public int Database { get; set; }

    /// <summary>Keys that are never removed, as Redis patterns: <c>session:*</c>.</summary>
    /// <value>Default none.</value>
    public IList<string> ProtectedPatterns { get; init; } = [];

    /// <summary>Whether <c>whole-database</c> is allowed.</summary>
    /// <value>Default false.</value>
    public bool AllowWholeDatabase { get; set; }

    /// <summary>Keys removed by one action at most; more are a blocker.</summary>
    /// <value>Default 1 000 000; 1 to 100 000 000.</value>
    public int KeysMax { get; set; } = 1_000_000;

    /// <summary>Keys asked for and removed in one command.</summary>
    /// <value>Default 500; 10 to 10 000.</value>
    public int BatchKeys { get; set; } = 500;

    /// <summary>How long one command may take.</summary>
    /// <value>Default 5 s; 100 ms to 1 minute.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    internal IReadOnlyList<string> Problems(string section) => new OptionProblems(section)
        .Check(nameof(Endpoint), Endpoint.LastIndexOf(':') is > 0 and var colon && int.TryParse(Endpoint[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535 && !Endpoint.Contains(',', StringComparison.Ordinal), $"is '{Endpoint}' and must be host:port")
        .Within(nameof(Database), Database, 0, 1_023)
        .Check(nameof(ProtectedPatterns), ProtectedPatterns.All(pattern => pattern.Length is > 0 and <= 512), "holds an empty or too long pattern")
        .Within(nameof(KeysMax), KeysMax, 1, 100_000_000)
        .Within(nameof(BatchKeys), BatchKeys, 10, 10_000)
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)).All;
}
