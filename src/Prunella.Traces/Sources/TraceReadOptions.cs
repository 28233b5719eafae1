using System.ComponentModel.DataAnnotations;

namespace Prunella.Traces.Sources;

/// <summary>Bounds on what one input may cost.</summary>
public sealed class TraceReadOptions
{
    /// <summary>The format, when the caller knows it.</summary>
    /// <value>Default <see cref="TraceFormat.Detect"/>.</value>
    public TraceFormat Format { get; set; } = TraceFormat.Detect;

    /// <summary>The longest single JSON text or number; a longer one is an error, not an allocation.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(1_024, 1 << 30)] public int JsonTokenBytesMax { get; set; } = 16 << 20;

    /// <summary>How deep JSON may nest; deeper is an error.</summary>
    /// <value>Levels. Default 128.</value>
    [Range(16, 1_024)] public int JsonDepthMax { get; set; } = 128;

    /// <summary>The longest attribute value kept; the rest of a longer one is cut and the span marked.</summary>
    /// <value>Bytes. Default 8 192.</value>
    [Range(64, 1 << 20)] public int AttributeBytesMax { get; set; } = 8_192;

    /// <summary>Attributes kept of one span; further ones are dropped and the span marked.</summary>
    /// <value>Attributes. Default 256.</value>
    [Range(8, 65_536)] public int AttributesMax { get; set; } = 256;

    /// <summary>Spans of one trace; further ones are dropped with a warning.</summary>
    /// <value>Spans. Default 4 000 000.</value>
    [Range(1_000, 100_000_000)] public int TraceSpansMax { get; set; } = 4_000_000;

    /// <summary>
    /// OTLP and flat Zipkin inputs may scatter a trace: spans wait for their siblings until this many are waiting,
    /// then traces not touched for the longest time are taken as complete.
    /// </summary>
    /// <value>Spans. Default 262 144.</value>
    [Range(1_000, 100_000_000)] public int WaitingSpansMax { get; set; } = 262_144;

    /// <summary>The same bound in bytes, of OTLP protobuf as it came, or of the texts of OTLP JSON and Zipkin.</summary>
    /// <value>Bytes. Default 33 554 432 (about 100 000 spans).</value>
    [Range(1 << 20, 1L << 40)] public long WaitingBytesMax { get; set; } = 32 << 20;
}
