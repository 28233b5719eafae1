using System.ComponentModel.DataAnnotations;

namespace Prunella.Reasoning;

/// <summary>The cache of answers.</summary>
public sealed class AnswerCacheOptions
{
    /// <summary>Whether answers are kept.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How long an answer stands.</summary>
    /// <value>Default 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")] public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Answers in memory; the oldest make room.</summary>
    /// <value>Default 2 000 (about 8 MB at 4 KB an answer); 1 to 100 000.</value>
    [Range(1, 100_000)] public int AnswersMax { get; set; } = 2_000;

    /// <summary>Host and port of a Redis that replicas share: <c>redis.prunella.svc:6379</c>.</summary>
    /// <value>Default none: in memory.</value>
    public string Redis { get; set; } = "";

    /// <summary>Where the password of Redis is kept, as a provider's credential is.</summary>
    /// <value>Default none.</value>
    [RegularExpression(@"^$|^(env|file|azure-key-vault|vault|aws):\S.*$")] public string RedisCredential { get; set; } = "";

    /// <summary>Whether the connection to Redis is encrypted.</summary>
    /// <value>Default false.</value>
    public bool RedisTls { get; set; }

    internal string? Problem() => Redis.Length == 0 || (Redis.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(Redis[(colon + 1)..], out var port) && port > 0 && !Redis.Contains(',', StringComparison.Ordinal))
        ? null : $"cache redis: expected host:port, found \"{Redis}\"";
}
