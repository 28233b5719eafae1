using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Templates;

/// <summary>Decides whether a colon belongs to the token before it: ports, times of day, URLs, drives, MAC and IPv6 addresses.</summary>
internal static class ColonScanner
{
    /// <param name="line">The line.</param>
    /// <param name="i">First byte of the token.</param>
    /// <param name="j">The colon.</param>
    /// <param name="to">End of the message.</param>
    /// <param name="digits">Digits in the token so far; likewise the next two.</param>
    /// <param name="letters">Letters.</param>
    /// <param name="dots">Dots.</param>
    /// <param name="hex">Nothing but hexadecimal digits so far.</param>
    /// <param name="end">End of the token when it goes on.</param>
    /// <param name="kind">Its kind.</param>
    internal static bool TryContinue(
        ReadOnlySpan<byte> line, int i, int j, int to, int digits, int letters, int dots, bool hex, out int end, out SlotKind kind)
    {
        end = j;
        kind = SlotKind.Word;
        if (j + 1 >= to)
        {
            return false;
        }

        var next = line[j + 1];
        if (next == '/' && j + 2 < to && line[j + 2] == '/' && letters > 0)
        {
            end = UrlEnd(line, j + 3, to);
            kind = SlotKind.Url;
            return true;
        }

        if (next is (byte)'\\' && letters == 1 && j == i + 1)
        {
            end = WindowsPathEnd(line, j + 1, to);
            kind = SlotKind.Path;
            return true;
        }

        if (hex && j - i <= 4 && (IsHex(next) || next == ':') && TryHexGroups(line, i, to, out end))
        {
            kind = IsTimeOfDay(line[i..end]) ? SlotKind.Time : SlotKind.Address;
            return true;
        }

        if (!IsDigit(next))
        {
            return false;
        }

        var portEnd = TokenScanner.SkipDigits(line, j + 1, to);
        if (portEnd < to && IsWord(line[portEnd]))
        {
            return false;
        }

        if (letters == 0 && dots == 0 && digits == j - i && digits <= 2 && portEnd - j <= 3)
        {
            end = portEnd;
            kind = SlotKind.Time;
            if (end + 1 < to && line[end] == '.' && IsDigit(line[end + 1]))
            {
                end = TokenScanner.SkipDigits(line, end + 1, to);
            }

            return true;
        }

        if (portEnd - j <= 6 && IsHost(line[i..j], digits, letters, dots))
        {
            end = portEnd;
            kind = SlotKind.Address;
            return true;
        }

        return false;
    }

    // A host has dots or digits; name.c:120 is a place in a source file.
    private static bool IsHost(ReadOnlySpan<byte> text, int digits, int letters, int dots)
    {
        if (letters == 0)
        {
            return dots == 3 && TokenScanner.IsAddress(text);
        }

        if (TokenScanner.IsAddress(text))
        {
            return true;
        }

        if (dots == 0)
        {
            return digits > 0 && text.Contains((byte)'-') && !text.Contains((byte)'_');
        }

        var label = text[(text.LastIndexOf((byte)'.') + 1)..];
        return label.Length >= 2 && !IsSourceExtension(label) && !text.Contains((byte)'$') && !text.Contains((byte)'_') && LettersOnly(label);
    }

    private static bool LettersOnly(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b is < (byte)'a' or > (byte)'z')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSourceExtension(ReadOnlySpan<byte> label) =>
        label.SequenceEqual("cc"u8) || label.SequenceEqual("cpp"u8) || label.SequenceEqual("cxx"u8) || label.SequenceEqual("hpp"u8)
        || label.SequenceEqual("cs"u8) || label.SequenceEqual("go"u8) || label.SequenceEqual("py"u8) || label.SequenceEqual("rs"u8)
        || label.SequenceEqual("js"u8) || label.SequenceEqual("ts"u8) || label.SequenceEqual("rb"u8) || label.SequenceEqual("php"u8)
        || label.SequenceEqual("java"u8) || label.SequenceEqual("kt"u8) || label.SequenceEqual("scala"u8) || label.SequenceEqual("mm"u8)
        || label.SequenceEqual("sys"u8) || label.SequenceEqual("dll"u8) || label.SequenceEqual("exe"u8);

    private static bool IsTimeOfDay(ReadOnlySpan<byte> text) => text.Length is 7 or 8 && text[^3] == ':' && text[^6] == ':';

    // MAC, IPv6, h:mm:ss: three or more groups of hexadecimal digits, or two colons together beside one that has a digit.
    private static bool TryHexGroups(ReadOnlySpan<byte> line, int i, int to, out int end)
    {
        int groups = 0, width = 0, digits = 0, j = i;
        var doubled = false;
        for (; j < to; j++)
        {
            var b = line[j];
            if (b == ':')
            {
                if (j + 1 >= to || !(IsHex(line[j + 1]) || line[j + 1] == ':'))
                {
                    break;
                }

                doubled |= width == 0;
                groups += width > 0 ? 1 : 0;
                width = 0;
            }
            else if (IsHex(b))
            {
                digits += IsDigit(b) ? 1 : 0;
                if (++width > 4)
                {
                    end = i;
                    return false;
                }
            }
            else
            {
                break;
            }
        }

        end = j;
        groups += width > 0 ? 1 : 0;
        if (j < to && IsWord(line[j]))
        {
            return false;
        }

        if (j + 1 < to && line[j] is (byte)'.' or (byte)',' && groups == 3 && IsDigit(line[j + 1]) && IsTimeOfDay(line[i..j]))
        {
            end = TokenScanner.SkipDigits(line, j + 1, to);
            return true;
        }

        return digits > 0 && (groups >= 3 || (doubled && groups >= 2));
    }

    internal static int UrlEnd(ReadOnlySpan<byte> line, int j, int to)
    {
        var start = j;
        for (; j < to; j++)
        {
            var b = line[j];
            if (b <= ' ' || b is (byte)'"' or (byte)'\'' or (byte)')' or (byte)']' or (byte)'}' or (byte)'>' or (byte)'<' or (byte)'|' or (byte)';')
            {
                break;
            }

            if (b == ',' && (j + 1 >= to || line[j + 1] == ' '))
            {
                break;
            }
        }

        while (j > start && line[j - 1] is (byte)'.' or (byte)':')
        {
            j--;
        }

        return j;
    }

    private static int WindowsPathEnd(ReadOnlySpan<byte> line, int j, int to)
    {
        for (; j < to; j++)
        {
            var b = line[j];
            if (b <= ' ' || b is (byte)'"' or (byte)'\'' or (byte)',' or (byte)';' or (byte)'|' or (byte)'<' or (byte)'>' or (byte)']' or (byte)')' or (byte)':')
            {
                break;
            }
        }

        return j > 0 && line[j - 1] == '.' ? j - 1 : j;
    }
}
