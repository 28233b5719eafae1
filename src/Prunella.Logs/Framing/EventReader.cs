using Prunella.Logs.Parsing;

namespace Prunella.Logs.Framing;

/// <summary>
/// Reads events: a line and those that continue it, joined by line feeds; a container runtime's partial lines are put together again.
/// An event has at most <see cref="LinesMax"/> lines and <see cref="BytesMax"/> bytes; what is more starts another.
/// </summary>
public sealed class EventReader(LineReader lines)
{
    /// <summary>Most lines of an event.</summary>
    public const int LinesMax = 1_000;

    /// <summary>Most bytes of an event that continuation lines may fill; a single line may be longer.</summary>
    public const int BytesMax = 1 << 20;

    private readonly Continuation continuation = new();
    private byte[] current = new byte[4096];
    private byte[] next = new byte[4096];
    private int nextLength = -1;
    private long lineNumber;

    /// <summary>The next event; it holds until the next call.</summary>
    /// <param name="text">Its bytes.</param>
    /// <param name="firstLine">Number of its first line, from 1.</param>
    /// <returns>False at the end of the stream.</returns>
    public bool TryRead(out ReadOnlySpan<byte> text, out long firstLine)
    {
        text = default;
        firstLine = lineNumber;
        if (nextLength < 0 && !Fetch(out _))
        {
            return false;
        }

        firstLine = lineNumber;
        (current, next) = (next, current);
        var length = nextLength;
        var partial = CutPartial(current, length);
        nextLength = -1;
        for (var joined = 1; Fetch(out var belongs); joined++)
        {
            var prefix = partial ? CriPrefix.Length(next.AsSpan(0, nextLength), out _, out _) : 0;
            if (!(belongs || (partial && prefix > 0)) || joined >= LinesMax || length + nextLength >= BytesMax)
            {
                break;
            }

            partial = prefix > 0 && CriPrefix.IsPartial(next.AsSpan(0, nextLength), prefix);
            Append(ref length, prefix > 0 ? default : "\n"u8);
            Append(ref length, next.AsSpan(prefix, nextLength - prefix));
            nextLength = -1;
        }

        text = current.AsSpan(0, length);
        return true;
    }

    private static bool CutPartial(byte[] line, int length) =>
        CriPrefix.Length(line.AsSpan(0, length), out _, out _) is var prefix and > 0 && CriPrefix.IsPartial(line.AsSpan(0, length), prefix);

    private bool Fetch(out bool belongs)
    {
        belongs = false;
        if (!lines.TryRead(out var line))
        {
            return false;
        }

        lineNumber++;
        if (next.Length < line.Length)
        {
            next = new byte[Math.Max(line.Length, next.Length * 2)];
        }

        line.CopyTo(next);
        nextLength = line.Length;
        belongs = continuation.Belongs(line[CriPrefix.Length(line, out _, out _)..]);
        return true;
    }

    private void Append(ref int length, ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > current.Length)
        {
            Array.Resize(ref current, Math.Max(current.Length * 2, length + bytes.Length));
        }

        bytes.CopyTo(current.AsSpan(length));
        length += bytes.Length;
    }
}
