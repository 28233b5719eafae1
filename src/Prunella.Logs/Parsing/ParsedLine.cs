using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>
/// What is known of one line. Nothing is copied: the spans are over the caller's line and the parser's buffers, and hold until the
/// parser's next call.
/// </summary>
/// <remarks>
/// The contract for storage: <see cref="Slots"/> are in order and do not overlap; every byte outside them is in
/// <see cref="Shape"/>, so <see cref="LineShape.Render"/> of shape and slot bytes gives <see cref="Raw"/> again, byte for byte,
/// whatever the line holds. Lines are matched to shapes by a 64-bit hash; storage that must never be wrong compares once when it writes.
/// </remarks>
public readonly ref struct ParsedLine
{
    /// <summary>The line without its terminator.</summary>
    public ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>Ticks of the line's timestamp: UTC where it names a zone, else as written. 0 when it has none.</summary>
    public long TimeTicks { get; init; }

    /// <summary>Where the timestamp stands; empty when there is none.</summary>
    public Range Time { get; init; }

    /// <summary>Severity.</summary>
    public Severity Level { get; init; }

    /// <summary>The service, logger or component: bytes of <see cref="Raw"/>, empty when the line names none.</summary>
    public ReadOnlySpan<byte> Service { get; init; }

    /// <summary>How the line's fields are written.</summary>
    public LineFormat Format { get; init; }

    /// <summary>First byte of the message.</summary>
    public int MessageStart { get; init; }

    /// <summary>First byte after the message.</summary>
    public int MessageEnd { get; init; }

    /// <summary>True when the line is the first of its template since the parser was made.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The form of the message, as learned so far.</summary>
    public Template Template { get; init; }

    /// <summary>The literal bytes around the slots.</summary>
    public LineShape Shape { get; init; }

    /// <summary>The parts of the line that vary, with their kinds.</summary>
    public ReadOnlySpan<Token> Slots { get; init; }
}
