using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>IPv4 and IPv6 addresses in a text. 1.2.3 is a version; so is a.b.c.d with a part over 255 or with a letter at its end.</summary>
internal static class AddressScanner
{
    /// <summary>End of the address at <paramref name="i"/>, or -1.</summary>
    internal static int End(ReadOnlySpan<byte> text, int i, int to)
    {
        if (i > 0 && (IsWord(text[i - 1]) || (text[i - 1] is (byte)'.' or (byte)':' && i > 1 && IsWord(text[i - 2]) && text[i - 1] == '.')))
        {
            return -1;
        }

        var end = IsDigit(text[i]) ? Four(text, i, to) : -1;
        return end > 0 ? end : Six(text, i, to);
    }

    private static int Four(ReadOnlySpan<byte> text, int i, int to)
    {
        var j = i;
        for (var part = 0; part < 4; part++)
        {
            int value = 0, start = j;
            while (j < to && j - start < 4 && IsDigit(text[j]))
            {
                value = (value * 10) + text[j++] - '0';
            }

            if (j == start || value > 255 || j - start > 3)
            {
                return -1;
            }

            if (part < 3 && (j >= to || text[j++] != '.'))
            {
                return -1;
            }
        }

        if (j < to && (IsWord(text[j]) || (text[j] is (byte)'.' or (byte)'-' && j + 1 < to && IsWord(text[j + 1]))))
        {
            return -1;
        }

        // v1.2.3.4 and "version 1.2.3.4" are no addresses.
        return i >= 8 && text[(i - 8)..i].SequenceEqual("version "u8) ? -1 : j;
    }

    private static int Six(ReadOnlySpan<byte> text, int i, int to)
    {
        int groups = 0, width = 0, colons = 0, j = i;
        bool doubled = false, digits = false;
        for (; j < to && j - i < 46; j++)
        {
            var b = text[j];
            if (b == ':')
            {
                if (j + 1 < to && text[j + 1] == ':')
                {
                    if (doubled)
                    {
                        return -1;
                    }

                    doubled = true;
                }
                else if (j + 1 >= to || !IsHex(text[j + 1]))
                {
                    if (j > i && text[j - 1] != ':')
                    {
                        break;
                    }
                }

                groups += width > 0 ? 1 : 0;
                width = 0;
                colons++;
            }
            else if (IsHex(b))
            {
                digits |= IsDigit(b);
                if (++width > 4)
                {
                    return -1;
                }
            }
            else
            {
                break;
            }
        }

        groups += width > 0 ? 1 : 0;
        if (j < to && (IsWord(text[j]) || text[j] == '.'))
        {
            return -1;
        }

        // Two colons with a group of four before them, or all eight groups; 00:11:22 is a time or a MAC.
        var whole = groups == 8 && colons == 7;
        var shortened = doubled && groups is >= 2 and <= 7 && digits && j - i >= 6;
        return whole || shortened ? j : -1;
    }
}
