namespace Prunella.Traces.Model;

/// <summary>What a reader noticed about a span.</summary>
[Flags]
public enum SpanMarks : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The span failed: an error tag or status, an HTTP status of 500 and up, a gRPC status other than OK.</summary>
    Error = 1,

    /// <summary>The span failed by CRISP's wider rule: HTTP 400 and up, an error log, an error tag of type string.</summary>
    CrispError = 2,

    /// <summary>The parent is named by a FOLLOWS_FROM reference only, so it does not wait for this span.</summary>
    FollowsFrom = 4,

    /// <summary>Zipkin's server half of a span whose id the client half shares.</summary>
    Shared = 8,

    /// <summary>The start time was missing, unreadable or out of range.</summary>
    BadStart = 16,

    /// <summary>The duration was missing, unreadable, negative or out of range.</summary>
    BadDuration = 32,

    /// <summary>The process the span names was not in the trace.</summary>
    NoProcess = 64,

    /// <summary>Zipkin: a missing start may be inferred from the span's children or parent.</summary>
    InferTime = 128,

    /// <summary>Some attributes were left out because the span had too many or they were too long.</summary>
    Truncated = 256,
}
