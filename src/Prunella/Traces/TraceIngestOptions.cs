using System.ComponentModel.DataAnnotations;

namespace Prunella.Traces;

/// <summary>The live receivers of traces, and what they may cost. Senders bring the tokens or signatures of the webhooks.</summary>
public sealed class TraceIngestOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "traces:ingest";

    /// <summary>Whether OTLP is received: <c>/v1/traces</c> at the server's addresses, and gRPC at <see cref="GrpcUrl"/>.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>A further address for OTLP/gRPC in cleartext HTTP/2, which answers nothing else; <c>http://0.0.0.0:4317</c> is customary. Empty for none; https addresses of <c>server:urls</c> speak gRPC without it.</summary>
    /// <value>Default empty.</value>
    [RegularExpression("^$|^http://[^/]+:[1-9][0-9]{0,4}$")] public string GrpcUrl { get; set; } = "";

    /// <summary>The largest request, as sent and unpacked; a larger one is refused with 413 or RESOURCE_EXHAUSTED.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(1_024, 268_435_456)] public int RequestBytesMax { get; set; } = 16_777_216;

    /// <summary>Requests handled at once, which bounds memory to about four times this many times <see cref="RequestBytesMax"/>; further ones are told to come back.</summary>
    /// <value>Requests. Default 8.</value>
    [Range(1, 1_024)] public int ConcurrentMax { get; set; } = 8;

    /// <summary>What a sender is told to wait when it has to come back.</summary>
    /// <value>Seconds. Default 5.</value>
    [Range(1, 600)] public int RetryAfterSeconds { get; set; } = 5;
}
