using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>
/// Telephone numbers: + and 8 to 15 digits (ITU-T E.164) with the usual separators, or ten digits in North American groups. Bare
/// digits are not taken for one: logs are full of them.
/// </summary>
internal static class PhoneNumbers
{
    /// <summary>End of the number at <paramref name="i"/>, or -1.</summary>
    internal static int End(ReadOnlySpan<byte> text, int i, int to)
    {
        if (i > 0 && (IsWord(text[i - 1]) || text[i - 1] is (byte)'.' or (byte)'-' or (byte)'/' or (byte)'+'))
        {
            return -1;
        }

        return text[i] == '+' ? International(text, i, to) : NorthAmerican(text, i, to);
    }

    private static int International(ReadOnlySpan<byte> text, int i, int to)
    {
        int digits = 0, j = i + 1, end = -1;
        if (j >= to || text[j] is < (byte)'1' or > (byte)'9')
        {
            return -1;
        }

        while (j < to && digits < 16)
        {
            if (IsDigit(text[j]))
            {
                digits++;
                end = ++j;
            }
            else if (text[j] is (byte)' ' or (byte)'-' or (byte)'.' or (byte)'(' or (byte)')' or (byte)'/' && j + 1 < to && (IsDigit(text[j + 1]) || text[j + 1] is (byte)'(' or (byte)' '))
            {
                j++;
            }
            else
            {
                break;
            }
        }

        return digits is >= 8 and <= 15 && (end >= to || !IsWord(text[end])) ? end : -1;
    }

    // (212) 555-0123, 212-555-0123, 212.555.0123, 1-212-555-0123
    private static int NorthAmerican(ReadOnlySpan<byte> text, int i, int to)
    {
        var j = i;
        if (text[j] == '1' && j + 1 < to && text[j + 1] is (byte)'-' or (byte)'.' or (byte)' ')
        {
            j += 2;
        }

        var bracket = j < to && text[j] == '(';
        j += bracket ? 1 : 0;
        if (!Group(text, j, to, 3) || text[j] is (byte)'0' or (byte)'1')
        {
            return -1;
        }

        j += 3;
        if (bracket)
        {
            if (j >= to || text[j++] != ')')
            {
                return -1;
            }

            j += j < to && text[j] == ' ' ? 1 : 0;
        }
        else if (j >= to || text[j++] is not ((byte)'-' or (byte)'.'))
        {
            return -1;
        }

        if (!Group(text, j, to, 3) || text[j] is (byte)'0' or (byte)'1' || j + 3 >= to || text[j + 3] is not ((byte)'-' or (byte)'.') || !Group(text, j + 4, to, 4))
        {
            return -1;
        }

        j += 8;
        return j >= to || !(IsWord(text[j]) || (text[j] is (byte)'-' or (byte)'.' && j + 1 < to && IsWord(text[j + 1]))) ? j : -1;
    }

    private static bool Group(ReadOnlySpan<byte> text, int i, int to, int digits)
    {
        if (i + digits > to)
        {
            return false;
        }

        for (var k = i; k < i + digits; k++)
        {
            if (!IsDigit(text[k]))
            {
                return false;
            }
        }

        return true;
    }
}
