using Prunella.Logs.Parsing;

namespace Prunella.Logs.Framing;

/// <summary>Evidence that a line goes on with the event before it: indentation, the phrases of stack traces, or the want of a timestamp where all have one.</summary>
internal sealed class Continuation
{
    private const int EvidenceLinesMin = 20;
    private const double TimedShare = 0.9;

    private long timed;
    private long untimed;
    private bool inPythonTrace;
    private bool inGoTrace;

    /// <summary>Class of the latest event, which what goes on with it shares.</summary>
    internal Classification.LineClass Class { get; set; }

    /// <summary>The private key that the source may be in the middle of.</summary>
    internal Redaction.PrivateKeyLines Key { get; } = new();

    /// <summary>True when the line belongs to the event before it. Call once a line, in order.</summary>
    internal bool Belongs(ReadOnlySpan<byte> line)
    {
        if (line.Length == 0)
        {
            return inGoTrace;
        }

        if (line[0] is (byte)' ' or (byte)'\t')
        {
            return true;
        }

        if (line.StartsWith("Traceback (most recent call last):"u8))
        {
            inPythonTrace = true;
            return IsTimed;
        }

        if (line.StartsWith("goroutine "u8) && line.EndsWith(":"u8))
        {
            inGoTrace = true;
            return true;
        }

        HeaderAnchor anchor = default;
        var hasTime = HeaderScanner.TryFirst(line, ref anchor, out _) && anchor.Kind == AnchorKind.Time && anchor.Free <= 3;
        if (hasTime)
        {
            timed++;
            inPythonTrace = inGoTrace = false;
            return false;
        }

        if (IsTrace(line))
        {
            return true;
        }

        if (inPythonTrace)
        {
            // The line that ends the trace: ValueError: bad.
            inPythonTrace = false;
            return true;
        }

        if (inGoTrace && (line.Contains((byte)'(') || line.StartsWith("created by "u8)))
        {
            return true;
        }

        untimed++;
        return IsTimed;
    }

    private bool IsTimed => timed >= EvidenceLinesMin && timed >= TimedShare * (timed + untimed);

    private static bool IsTrace(ReadOnlySpan<byte> line) =>
        line.StartsWith("Caused by: "u8) || line.StartsWith("Suppressed: "u8) || line.StartsWith("at "u8) && line.EndsWith(")"u8)
        || line.StartsWith("--- End of "u8) || line.StartsWith("... "u8) && line.EndsWith(" more"u8)
        || line.StartsWith("During handling of the above exception"u8) || line.StartsWith("The above exception was the direct cause"u8);
}
