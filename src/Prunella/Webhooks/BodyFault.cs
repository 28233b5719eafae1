using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>Why a body was not accepted, precise enough to mend it.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.alerts[3].labels.severity</c>.</param>
/// <param name="Text">What was found and what was expected.</param>
internal sealed record BodyFault(string Path, string Text)
{
    /// <summary>Whether it is well-formed but too much, which is a 413 and not a 400.</summary>
    public bool TooMuch { get; init; }
}

/// <summary>Every signal of a body, or why there is none: a body is accepted whole or not at all.</summary>
internal sealed record ParsedBody(IReadOnlyList<Signal> Signals, BodyFault? Fault)
{
    internal static ParsedBody Refused(BodyFault fault) => new([], fault);
}

/// <summary>Ends the parsing of a body at one byte; never leaves the parsers.</summary>
internal sealed class BodyRefusedException(long byteIndex, string text, bool tooMuch = false) : Exception(text)
{
    public long ByteIndex { get; } = byteIndex;

    public bool TooMuch { get; } = tooMuch;
}
