using System.ComponentModel.DataAnnotations;

namespace Prunella.Integrations.Jaeger;

/// <summary>How a Jaeger is asked.</summary>
public sealed class JaegerOptions
{
    /// <summary>The query service, e.g. <c>http://jaeger:16686</c>; a base path is kept.</summary>
    [Required] public Uri? Url { get; set; }

    /// <summary>A bearer token, or null.</summary>
    public string? Token { get; set; }

    /// <summary>How long one answer may take, its body included.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest answer read; a larger one is an error.</summary>
    /// <value>Bytes. Default 1 073 741 824.</value>
    [Range(1_024, long.MaxValue)] public long ResponseBytesMax { get; set; } = 1L << 30;

    /// <summary>Attempts at one request; answers of 5xx and 429 and broken connections are tried again.</summary>
    /// <value>Attempts. Default 3.</value>
    [Range(1, 10)] public int AttemptsMax { get; set; } = 3;

    /// <summary>The pause before the second attempt; it doubles for each further one.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Traces asked for at most.</summary>
    /// <value>Traces. Default 1 000.</value>
    [Range(1, 100_000)] public int TracesMax { get; set; } = 1_000;
}
