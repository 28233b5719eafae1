using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prunella.Logs.Parsing;
using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Templates;

// 140 B a line at 1.5 M lines/s on one core leaves 660 ns a line: one table look-up a byte, no allocation, no backtracking
// beyond the token in hand. Everything a later stage needs (offsets, kinds) is written here once.

/// <summary>Cuts a message into tokens and says of each whether it is a literal word or a value.</summary>
internal static class MessageTokenizer
{
    /// <summary>Most tokens in a line; what follows them is one <see cref="SlotKind.Text"/> token.</summary>
    internal const int TokensMax = 1024;

    /// <summary>Bytes of a message that are looked at; what follows them is part of that last token.</summary>
    internal const int MessageBytesMax = 16 << 10;

    // A longer word is no word: base64, a dump.
    private const int WordBytesMax = 1024;

    /// <summary>Appends the tokens of <paramref name="line"/> between two offsets.</summary>
    /// <param name="line">The line.</param>
    /// <param name="map">Built from the line.</param>
    /// <param name="from">First byte looked at.</param>
    /// <param name="to">First byte not looked at.</param>
    /// <param name="tokens">Room for <see cref="TokensMax"/> more tokens.</param>
    /// <param name="count">Tokens in <paramref name="tokens"/> already.</param>
    /// <param name="words">False leaves out the literal words: only what varies by its form.</param>
    /// <returns>The number of tokens in <paramref name="tokens"/> afterwards.</returns>
    internal static int Tokenize(ReadOnlySpan<byte> line, ByteMap map, int from, int to, Span<Token> tokens, int count, bool words)
    {
        var classes = Of;
        ref var p = ref MemoryMarshal.GetReference(line);
        var first = count;
        var seen = 0;
        var previousNumberEnd = -2;
        var i = from;
        while (i < to)
        {
            var b = Unsafe.Add(ref p, i);
            int cls = classes[b];
            if (cls == Gap)
            {
                // An empty pair of brackets standing alone is a value that this line happens not to have.
                if (words && b == '(' && i + 1 < to && i > from && Unsafe.Add(ref p, i + 1) == ')' && Unsafe.Add(ref p, i - 1) == ' ' && seen++ < TokensMax)
                {
                    tokens[count++] = new Token(i + 1, 0, SlotKind.Empty);
                }

                i = words ? i + 1 : map.SkipGap(i + 1, to);
                continue;
            }

            if (seen >= TokensMax - 1 || i - from >= MessageBytesMax)
            {
                tokens[count++] = new Token(i, to - i, SlotKind.Text);
                return count;
            }

            int end;
            SlotKind kind;
            if (cls == Letter)
            {
                // Letters alone, or with a full stop or a colon before the gap: then the word alone is the token.
                if (!map.TryToken(i, to, out var length, out var specials))
                {
                    end = TokenScanner.ScanLong(line, i, to, out kind);
                }
                else if (specials == 0)
                {
                    kind = PlainWord(line, i, i + length, to, out end);
                }
                else if (specials == 1UL << (length - 1) && Unsafe.Add(ref p, i + length - 1) is (byte)'.' or (byte)':')
                {
                    kind = PlainWord(line, i, i + length - 1, to, out end);
                }
                else
                {
                    end = TokenScanner.ScanWord(line, map, i, to, out kind);
                }
            }
            else if (cls == Digit)
            {
                end = i + map.FiguresAt(i);
                while (end < to && classes[Unsafe.Add(ref p, end)] == Digit)
                {
                    end++;
                }

                end = Math.Min(end, to);

                kind = SlotKind.Number;
                if (end < to && classes[Unsafe.Add(ref p, end)] != Gap)
                {
                    end = TokenScanner.ScanNumeric(line, map, i, end, to, out kind);
                }
            }
            else if (cls == Inner && StartsValue(line, i, to, from))
            {
                end = b == '/' ? TokenScanner.ScanPath(line, i, to, out kind) : TokenScanner.ScanWord(line, map, i, to, out kind);
            }
            else if (cls == Under)
            {
                end = TokenScanner.ScanWord(line, map, i, to, out kind);
            }
            else
            {
                i++;
                continue;
            }

            if (end <= i)
            {
                i++;
                continue;
            }

            seen++;
            if (kind == SlotKind.Word && end - i > WordBytesMax)
            {
                kind = SlotKind.Text;
            }

            if (kind == SlotKind.Word)
            {
                if (i == previousNumberEnd + 1 && end - i <= 3 && Unsafe.Add(ref p, i - 1) == ' ' && IsUnit(line[i..end]))
                {
                    kind = SlotKind.Unit;
                }
                else
                {
                    if (words)
                    {
                        tokens[count++] = new Token(i, end - i, kind);
                    }

                    i = AfterGap(ref p, map, end, to, words);
                    continue;
                }
            }

            if (kind >= SlotKind.Hex && count > first && i == tokens[count - 1].End + 1 && ListScanner.Continues(line, tokens[count - 1], i, end, kind))
            {
                var opening = tokens[count - 1];
                tokens[count - 1] = opening with { Length = end - opening.Start };
                i = end;
                continue;
            }

            tokens[count++] = new Token(i, end - i, kind);
            previousNumberEnd = kind == SlotKind.Number ? end : -2;
            i = AfterGap(ref p, map, end, to, words);
        }

        return count;
    }

    // Most gaps are one space: to go over it here saves the loop a turn. Where words are wanted, a bracket in a gap counts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AfterGap(ref byte p, ByteMap map, int end, int to, bool words) =>
        !words ? end < to ? map.SkipGap(end, to) : end
        : end < to && Unsafe.Add(ref p, end) == ' ' ? end + 1 : end;

    private static SlotKind PlainWord(ReadOnlySpan<byte> line, int i, int wordEnd, int to, out int end)
    {
        end = wordEnd;
        var length = wordEnd - i;
        if (length is 4 or 5)
        {
            return TokenScanner.IsFlag(line[i..wordEnd]) ? SlotKind.Flag : SlotKind.Word;
        }

        if (length == 3 && wordEnd < to && line[i] is >= (byte)'A' and <= (byte)'W' && line[wordEnd] == ' '
            && TimestampScanner.TryScanNamed(line[i..to], out var taken, out _, out _))
        {
            end = i + taken;
            return SlotKind.Time;
        }

        return length >= 16 && TokenScanner.IsHexText(line[i..wordEnd]) ? SlotKind.Hex : SlotKind.Word;
    }

    // '/' opens a path, '-' and '.' a number; any other joining byte at the start of a token is punctuation.
    private static bool StartsValue(ReadOnlySpan<byte> line, int i, int to, int from)
    {
        if (i + 1 >= to)
        {
            return false;
        }

        var next = line[i + 1];
        return line[i] switch
        {
            (byte)'/' => IsWord(next) || next is (byte)'.' or (byte)'*' or (byte)'-' or (byte)'%' or (byte)'~' or (byte)'$',
            (byte)'-' => IsDigit(next) && (i == from || !IsWord(line[i - 1])),
            (byte)'\\' => next == '\\' && i + 2 < to && IsWord(line[i + 2]),
            _ => false,
        };
    }

    private static bool IsUnit(ReadOnlySpan<byte> word) => word.Length switch
    {
        1 => word[0] is (byte)'B',
        2 => word[1] is (byte)'B' or (byte)'b' && word[0] is (byte)'K' or (byte)'k' or (byte)'M' or (byte)'G' or (byte)'T' or (byte)'P',
        3 => word[1] == 'i' && word[2] == 'B',
        _ => false,
    };
}
