using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>Numbers that carry their own check: payment cards and IBANs, with or without separators.</summary>
internal static class AccountNumbers
{
    /// <summary>End of the card number at <paramref name="i"/>, or -1. Groups are joined by single spaces or dashes.</summary>
    internal static int CardEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        if (text[i] is not (>= (byte)'2' and <= (byte)'6') || (i > 0 && (IsWord(text[i - 1]) || text[i - 1] is (byte)'-' or (byte)'.' or (byte)'/')))
        {
            return -1;
        }

        Span<byte> digits = stackalloc byte[20];
        var (count, end) = Digits(text, i, to, digits, out var groups);

        // Another number may follow, a check value or an amount: the card is then the groups before it.
        for (; count >= 14; count = Shorter(text, i, count, ref end, ref groups))
        {
            if (count <= 19 && EndsThere(text, end, to) && (groups == 1 || GroupsAreThoseOfACard(text, i, end)) && IssuerKnown(digits[..count]) && Luhn(digits[..count]))
            {
                return end;
            }
        }

        return -1;
    }

    // Four more figures go on a table of numbers, of which every tenth would check.
    private static bool EndsThere(ReadOnlySpan<byte> text, int end, int to)
    {
        if (end >= to)
        {
            return true;
        }

        if (IsWord(text[end]) || (text[end] is (byte)'.' or (byte)'-' && end + 1 < to && IsDigit(text[end + 1])))
        {
            return false;
        }

        var next = end + 1;
        while (next < to && IsDigit(text[next]))
        {
            next++;
        }

        return text[end] != ' ' || next - end - 1 != 4;
    }

    // Without the last group; 0 where there is none before it.
    private static int Shorter(ReadOnlySpan<byte> text, int i, int count, ref int end, ref int groups)
    {
        if (--groups == 0)
        {
            return 0;
        }

        while (end > i && IsDigit(text[end - 1]))
        {
            end--;
            count--;
        }

        end--;
        return count;
    }

    /// <summary>Quick look: two capitals and two figures.</summary>
    internal static bool MayBeIban(ReadOnlySpan<byte> text) => Upper(text[0]) && Upper(text[1]) && IsDigit(text[2]) && IsDigit(text[3]);

    /// <summary>End of the IBAN at <paramref name="i"/>, or -1. Groups of four may be joined by spaces.</summary>
    internal static int IbanEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        if (i + 15 > to || !Upper(text[i]) || !Upper(text[i + 1]) || !IsDigit(text[i + 2]) || !IsDigit(text[i + 3]) || (i > 0 && IsWord(text[i - 1])))
        {
            return -1;
        }

        Span<byte> all = stackalloc byte[34];
        Span<int> ends = stackalloc int[34];
        int count = 0, j = i;
        while (j < to && count < 34)
        {
            var b = text[j];
            if (IsDigit(b) || Upper(b))
            {
                all[count] = b;
                ends[count++] = j + 1;
            }
            else if (!(b is (byte)' ' or (byte)'-' && count % 4 == 0))
            {
                break;
            }

            j++;
        }

        // A word in capitals may follow the last group: the longest length that checks and ends a word is the number.
        for (; count >= 15; count--)
        {
            var end = ends[count - 1];
            if ((end >= to || !IsWord(text[end])) && Mod97(all[..count]) == 1)
            {
                return end;
            }
        }

        return -1;
    }

    private static bool Upper(byte b) => b is >= (byte)'A' and <= (byte)'Z';

    private static (int Count, int End) Digits(ReadOnlySpan<byte> text, int i, int to, Span<byte> digits, out int groups)
    {
        int count = 0, j = i;
        groups = 1;
        while (j < to && count < digits.Length)
        {
            if (IsDigit(text[j]))
            {
                digits[count++] = (byte)(text[j] - '0');
                j++;
            }
            else if (text[j] is (byte)' ' or (byte)'-' && j + 1 < to && IsDigit(text[j + 1]) && count < 19)
            {
                groups++;
                j++;
            }
            else
            {
                break;
            }
        }

        return (count, j);
    }

    // 4-4-4-4 and its like, or 4-6-5 (American Express), 4-6-4 (Diners); and the same separator throughout.
    private static bool GroupsAreThoseOfACard(ReadOnlySpan<byte> text, int i, int end)
    {
        Span<int> sizes = stackalloc int[20];
        int count = 0, size = 0;
        byte separator = 0;
        for (var j = i; j < end; j++)
        {
            if (IsDigit(text[j]))
            {
                size++;
                continue;
            }

            if (separator != 0 && text[j] != separator)
            {
                return false;
            }

            separator = text[j];
            sizes[count++] = size;
            size = 0;
        }

        sizes[count++] = size;
        if (count == 3)
        {
            return sizes[0] == 4 && sizes[1] == 6 && sizes[2] is 4 or 5;
        }

        for (var g = 0; g < count - 1; g++)
        {
            if (sizes[g] != 4)
            {
                return false;
            }
        }

        return count is 4 or 5 && sizes[count - 1] is >= 1 and <= 4;
    }

    // Issuer ranges of ISO/IEC 7812 in use: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro.
    private static bool IssuerKnown(ReadOnlySpan<byte> digits)
    {
        var two = (digits[0] * 10) + digits[1];
        var four = (two * 100) + (digits[2] * 10) + digits[3];
        return digits.Length switch
        {
            14 => two is 36 or 38 or 39 || four is >= 3000 and <= 3059,
            15 => two is 34 or 37,
            16 => digits[0] == 4 || two is >= 51 and <= 55 || four is >= 2221 and <= 2720 || four == 6011 || two is 65 or 62 || four is >= 6440 and <= 6499 || four is >= 3528 and <= 3589,
            19 => digits[0] == 4 || two is 62 or 65 || four == 6011,
            _ => two is 62 || four is 5018 or 5020 or 5038 or 6304 or 6759 or 6761 or 6763,
        };
    }

    private static bool Luhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var k = 0; k < digits.Length; k++)
        {
            var digit = digits[digits.Length - 1 - k] * (1 + (k & 1));
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    // ISO 13616: country and check digits to the end, letters as 10 to 35, remainder of 97 is 1.
    private static int Mod97(ReadOnlySpan<byte> iban)
    {
        var remainder = 0;
        for (var k = 0; k < iban.Length; k++)
        {
            var b = iban[(k + 4) % iban.Length];
            remainder = IsDigit(b) ? ((remainder * 10) + b - '0') % 97 : ((remainder * 100) + b - 'A' + 10) % 97;
        }

        return remainder;
    }
}
