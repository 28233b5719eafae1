namespace Prunella.Otlp;

/// <summary>What became of one export.</summary>
internal enum OtlpResult
{
    /// <summary>What is valid of it is stored.</summary>
    Accepted,

    /// <summary>It is no OTLP; sending it again will not help.</summary>
    Invalid,

    /// <summary>It is over the limit.</summary>
    TooLarge,

    /// <summary>It cannot be stored now; sending it again may help.</summary>
    Unavailable,
}

/// <summary>What became of one export, and why.</summary>
/// <param name="Result">What.</param>
/// <param name="Rejected">Spans or records left out of an accepted export.</param>
/// <param name="Text">Why, for the sender; empty when all of it was accepted.</param>
internal readonly record struct OtlpIntakeAnswer(OtlpResult Result, int Rejected, string Text);

/// <summary>Where exports of one kind go, whatever protocol they came by: traces, logs. Thread-safe; at most a set number at once.</summary>
internal interface IOtlpIntake
{
    /// <summary>The method of gRPC: <c>/opentelemetry.proto.collector.trace.v1.TraceService/Export</c>.</summary>
    string GrpcPath { get; }

    /// <summary>The largest request, as sent and unpacked, in bytes.</summary>
    int RequestBytesMax { get; }

    /// <summary>The key that sets it.</summary>
    string RequestBytesKey { get; }

    /// <summary>What a sender is told to wait when it has to come back, in seconds.</summary>
    int RetryAfterSeconds { get; }

    /// <summary>The field of a partial success that counts what was left out: <c>rejectedSpans</c>.</summary>
    string RejectedField { get; }

    /// <summary>Takes one of the places, without waiting.</summary>
    /// <returns>Whether there was one; it is given back by <see cref="Leave"/>.</returns>
    bool TryEnter();

    void Leave();

    /// <summary>Accepts what is valid of an export; accepted means durable.</summary>
    OtlpIntakeAnswer Accept(ReadOnlyMemory<byte> body, bool gzip, bool json);

    /// <summary>Counts an export that was refused.</summary>
    /// <param name="protocol">http or grpc.</param>
    /// <param name="status">Its status.</param>
    void Refused(string protocol, int status);
}
