using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prunella.Logs.Parsing;
using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Templates;

/// <summary>Scans one token from its first byte and names its kind. Hand-written: no token is looked at by more than two scanners.</summary>
internal static class TokenScanner
{
    private static readonly SearchValues<byte> QueryEnds = SearchValues.Create([.. Enumerable.Range(0, 33).Select(static b => (byte)b), .. "\"')]}><|;([{"u8]);
    private static readonly SearchValues<byte> PathEnds = SearchValues.Create([.. Enumerable.Range(0, 33).Select(static b => (byte)b), .. "\"')]}><|;([{?,:!="u8]);

    /// <summary>A token that starts with figures up to <paramref name="figures"/> and goes on.</summary>
    internal static int ScanNumeric(ReadOnlySpan<byte> line, ByteMap map, int i, int figures, int to, out SlotKind kind)
    {
        if (figures - i is 1 or 2 or 4 or 8 && i + 7 < to
            && TimestampScanner.TryScanNumeric(line[i..to], out var length, out _, out _) && IsTokenEnd(line, i + length, to))
        {
            kind = SlotKind.Time;
            return i + length;
        }

        return ScanWord(line, map, i, to, out kind);
    }

    internal static bool IsHexText(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!IsHex(b))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTokenEnd(ReadOnlySpan<byte> line, int i, int to) =>
        i >= to || Of[line[i]] is Gap or Colon || (line[i] is (byte)'.' or (byte)'-' && (i + 1 >= to || !IsWord(line[i + 1])));

    internal static int ScanWord(ReadOnlySpan<byte> line, ByteMap map, int i, int to, out SlotKind kind) =>
        map.TryToken(i, to, out var length, out var specials) ? ScanShort(line, map.Count(i, length, specials), i, to, out kind) : ScanLong(line, i, to, out kind);

    /// <summary>A token of fewer than 64 bytes: everything is counted, no byte is looked at.</summary>
    private static int ScanShort(ReadOnlySpan<byte> line, in TokenBits bits, int i, int to, out SlotKind kind)
    {
        var j = i + bits.Length;
        if (bits.Stopped)
        {
            if (line[j] == ':')
            {
                if (ColonScanner.TryContinue(line, i, j, to, bits.Digits, bits.Letters, bits.Dots, bits.Hex, out var end, out kind))
                {
                    return end;
                }
            }
            else if (bits.Letters > 0 && EmailEnd(line, j + 1, to) is var end && end > 0)
            {
                kind = SlotKind.Word;
                return end;
            }
        }

        while (j > i && Of[line[j - 1]] is Inner)
        {
            j--;
        }

        kind = j == i ? SlotKind.Word : Classify(line[i..j], bits.Digits, bits.Letters, bits.Runs, bits.Dots, bits.Hex, bits.Isolated, bits.Joints);
        return j;
    }

    /// <summary>The same, byte by byte, for a token of any length.</summary>
    internal static int ScanLong(ReadOnlySpan<byte> line, int i, int to, out SlotKind kind)
    {
        var classes = Of;
        ref var p = ref MemoryMarshal.GetReference(line);
        int digits = 0, letters = 0, runs = 0, dots = 0, inners = 0, j = i;
        bool hex = true, isolated = false, runIsolated = false;
        byte previous = Inner;
        while (j < to)
        {
            // Run by run, so that the branches are taken once a run and not once a byte.
            var b = Unsafe.Add(ref p, j);
            var cls = classes[b];
            if (cls == Digit)
            {
                var start = j++;
                while (j < to && classes[Unsafe.Add(ref p, j)] == Digit)
                {
                    j++;
                }

                digits += j - start;
                runs++;
                runIsolated = previous == Inner;
            }
            else if (cls == Letter)
            {
                var start = j;
                do
                {
                    hex &= IsHex(b);
                    b = ++j < to ? Unsafe.Add(ref p, j) : (byte)0;
                }
                while (classes[b] == Letter);
                letters += j - start;
            }
            else if (cls is Inner or Under)
            {
                // A run of figures between joints stands alone: node-246, rdd_2.
                isolated |= previous == Digit && runIsolated;
                inners++;
                hex &= b == '-';
                dots += b == '.' ? 1 : 0;
                cls = Inner;
                j++;
            }
            else if (cls == Colon)
            {
                if (ColonScanner.TryContinue(line, i, j, to, digits, letters, dots, hex, out var end, out kind))
                {
                    return end;
                }

                break;
            }
            else if (cls == At && letters > 0 && EmailEnd(line, j + 1, to) is var e && e > 0)
            {
                kind = SlotKind.Word;
                return e;
            }
            else
            {
                break;
            }

            previous = cls;
        }

        isolated |= previous == Digit && runIsolated;
        while (j > i && classes[line[j - 1]] is Inner)
        {
            j--;
        }

        kind = j == i ? SlotKind.Word : Classify(line[i..j], digits, letters, runs, dots, hex, isolated, inners);
        return j;
    }

    private static SlotKind Classify(ReadOnlySpan<byte> word, int digits, int letters, int runs, int dots, bool hex, bool isolated, int inners)
    {
        if (digits == 0)
        {
            if (word.Length is 4 or 5 && IsFlag(word))
            {
                return SlotKind.Flag;
            }

            return hex && inners == 0 && word.Length >= 16 ? SlotKind.Hex : dots > 0 && HostName.Is(word) ? SlotKind.Address : SlotKind.Word;
        }

        if (letters == 0)
        {
            return dots == 3 && runs == 4 && inners == 3 ? SlotKind.Address : SlotKind.Number;
        }

        if (hex)
        {
            if (word.Length == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-' && word[23] == '-')
            {
                return SlotKind.Uuid;
            }

            if (inners == 0 && word.Length >= 6)
            {
                return SlotKind.Hex;
            }
        }

        if (word[0] == '0' && word.Length > 2 && (word[1] | 0x20) == 'x')
        {
            return SlotKind.Hex;
        }

        if (IsDigit(word[0]))
        {
            return letters <= 3 && runs <= 2 ? SlotKind.Number : SlotKind.Identifier;
        }

        return digits >= 4 || runs >= 2 || isolated ? SlotKind.Identifier : dots > 0 && HostName.Is(word) ? SlotKind.Address : SlotKind.Word;
    }

    internal static bool IsFlag(ReadOnlySpan<byte> word)
    {
        if ((word[0] | 0x20) is not ('t' or 'f' or 'n' or 'r' or 'a'))
        {
            return false;
        }

        var lower = 0UL;
        foreach (var b in word)
        {
            lower = (lower << 8) | (byte)(b | 0x20);
        }

        return lower is 0x74727565 /* true */ or 0x66616C7365 /* false */ or 0x6E756C6C /* null */ or 0x726F6F74 /* root */ or 0x61646D696E /* admin */;
    }

    // The request line of an access log is one value: "GET /a?b=c HTTP/1.1" has one variable.
    internal static int ScanPath(ReadOnlySpan<byte> line, int i, int to, out SlotKind kind)
    {
        var stop = line[(i + 1)..to].IndexOfAny(PathEnds);
        var j = stop < 0 ? to : i + 1 + stop;
        if (j < to && line[j] == '?')
        {
            stop = line[j..to].IndexOfAny(QueryEnds);
            j = stop < 0 ? to : j + stop;
        }

        if (j < to && line[j] == ':' && j + 1 < to && IsDigit(line[j + 1]) && IsAddress(line[(i + 1)..j]))
        {
            j = SkipDigits(line, j + 1, to);
            kind = SlotKind.Address;
            return j;
        }

        if (j + 8 < to && line.Slice(j, 6).SequenceEqual(" HTTP/"u8))
        {
            j += 6;
            while (j < to && (IsDigit(line[j]) || line[j] == '.'))
            {
                j++;
            }
        }

        kind = IsAddress(line[(i + 1)..j]) ? SlotKind.Address : SlotKind.Path;
        return j;
    }

    /// <summary>True for text that ends in a dotted IPv4 address: 10.0.0.1 or name/10.0.0.1.</summary>
    internal static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var slash = text.LastIndexOf((byte)'/');
        if (slash >= 0)
        {
            text = text[(slash + 1)..];
        }

        if (text.Length is < 7 or > 15)
        {
            return false;
        }

        var dots = 0;
        foreach (var b in text)
        {
            if (b == '.')
            {
                dots++;
            }
            else if (!IsDigit(b))
            {
                return false;
            }
        }

        return dots == 3;
    }

    internal static int SkipDigits(ReadOnlySpan<byte> line, int i, int to)
    {
        while (i < to && IsDigit(line[i]))
        {
            i++;
        }

        return i;
    }

    private static int EmailEnd(ReadOnlySpan<byte> line, int i, int to)
    {
        var start = i;
        var dot = -1;
        for (; i < to && (IsWord(line[i]) || line[i] is (byte)'.' or (byte)'-'); i++)
        {
            if (line[i] == '.')
            {
                dot = i;
            }
        }

        while (i > start && line[i - 1] is (byte)'.' or (byte)'-')
        {
            i--;
            if (dot == i)
            {
                dot = line[start..i].LastIndexOf((byte)'.') is var d && d >= 0 ? start + d : -1;
            }
        }

        if (dot <= start || i - dot < 3)
        {
            return -1;
        }

        for (var k = dot + 1; k < i; k++)
        {
            if (!IsLetter(line[k]))
            {
                return -1;
            }
        }

        return i;
    }
}
