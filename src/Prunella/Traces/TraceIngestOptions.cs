using System.ComponentModel.DataAnnotations;

namespace Prunella.Traces;

/// <summary>Bounds of the live OTLP receivers.</summary>
public sealed class TraceIngestOptions
{
    /// <summary>The largest request, unpacked; a larger one is refused with 413.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(1_024, 256 << 20)] public int RequestBytesMax { get; set; } = 16 << 20;

    /// <summary>Requests handled at once; further ones are told to come back (503, Retry-After).</summary>
    /// <value>Requests. Default 8.</value>
    [Range(1, 1_024)] public int ConcurrentMax { get; set; } = 8;
}
