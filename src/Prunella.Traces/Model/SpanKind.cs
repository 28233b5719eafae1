namespace Prunella.Traces.Model;

/// <summary>The role of a span in a call, as OpenTelemetry names it.</summary>
public enum SpanKind : byte
{
    /// <summary>Not said; treated as internal work.</summary>
    Unspecified = 0,

    /// <summary>Work inside one process.</summary>
    Internal = 1,

    /// <summary>The called side of a synchronous call.</summary>
    Server = 2,

    /// <summary>The calling side of a synchronous call.</summary>
    Client = 3,

    /// <summary>Puts a message on a queue; does not wait for its consumer.</summary>
    Producer = 4,

    /// <summary>Takes a message from a queue.</summary>
    Consumer = 5,
}
