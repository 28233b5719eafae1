namespace Prunella.Traces.Sources;

/// <summary>The wire formats traces come in.</summary>
public enum TraceFormat
{
    /// <summary>Found by looking at the first bytes.</summary>
    Detect = 0,

    /// <summary>Jaeger's query JSON: <c>{"data":[{traceID, spans, processes}]}</c>, an array of those, or one a line.</summary>
    Jaeger,

    /// <summary>Zipkin v2: an array of spans, an array of such arrays, or one span a line.</summary>
    Zipkin,

    /// <summary>OpenTelemetry's JSON: <c>{"resourceSpans":[…]}</c>, also in arrays, NDJSON, <c>{"result":…}</c> and <c>batches</c>.</summary>
    OtlpJson,

    /// <summary>OpenTelemetry's protobuf: ExportTraceServiceRequest or TracesData.</summary>
    OtlpProtobuf,
}
