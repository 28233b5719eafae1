using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>
/// Follows one source's PEM private key from line to line: where a program prints one, each of its lines may come as an event of its
/// own, with or without a header, and in another batch. Not thread-safe.
/// </summary>
public sealed class PrivateKeyLines
{
    // An RSA key of 16 384 bits has 200 lines of 64; other lines of the program may come between.
    private const int LinesMax = 400;
    private const int SureBytesMin = 24;
    private const int HeadBytesMax = 60;

    private int left;

    /// <summary>The part of an event that belongs to a key which an event before it began; length 0 when none does. Call once an event, in order.</summary>
    internal (int Start, int Length) Take(ReadOnlySpan<byte> text)
    {
        int start = -1, end = 0;
        for (var at = 0; left > 0 && at < text.Length;)
        {
            var feed = text[at..].IndexOf((byte)'\n');
            var line = feed < 0 ? text[at..] : text.Slice(at, feed);
            left--;
            var (from, to) = line.IndexOf("-----END "u8) is >= 0 and var close ? Closing(line, close) : Body(line);
            if (to > from)
            {
                start = start < 0 ? at + from : start;
                end = at + to;
            }

            at += line.Length + 1;
        }

        if (left == 0)
        {
            Open(text[end..]);
        }

        return start < 0 ? default : (start, end - start);
    }

    private (int From, int To) Closing(ReadOnlySpan<byte> line, int close)
    {
        left = 0;
        var dashes = line[(close + 9)..].IndexOf("-----"u8);
        return (close, dashes < 0 ? line.Length : close + 9 + dashes + 5);
    }

    private void Open(ReadOnlySpan<byte> text)
    {
        var begin = text.LastIndexOf("-----BEGIN "u8);
        if (begin >= 0 && text[begin..Math.Min(text.Length, begin + HeadBytesMax)].IndexOf("PRIVATE KEY"u8) >= 0 && text[begin..].IndexOf("-----END "u8) < 0)
        {
            left = LinesMax;
        }
    }

    // The last word, when it is base64: all of a line of the key, or what a logger's header stands before.
    private static (int From, int To) Body(ReadOnlySpan<byte> line)
    {
        var end = line.TrimEnd(" \t\r"u8).Length;
        var from = line[..end].LastIndexOfAny((byte)' ', (byte)'\t') + 1;
        var word = line[from..end];
        foreach (var b in word)
        {
            if (!IsDigit(b) && !IsLetter(b) && b is not ((byte)'+' or (byte)'/' or (byte)'='))
            {
                return default;
            }
        }

        // A short last line may look like a word of the program's own: a third kind of character says that it is none.
        var sure = from == 0 || word.Length >= SureBytesMin || word.ContainsAny((byte)'=', (byte)'+', (byte)'/') || word.ContainsAnyInRange((byte)'0', (byte)'9');
        return sure ? (from, end) : default;
    }
}
