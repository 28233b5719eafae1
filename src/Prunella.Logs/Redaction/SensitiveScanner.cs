using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <param name="Start">Byte offset.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">One kind.</param>
internal readonly record struct SensitiveValue(int Start, int Length, SensitiveKinds Kind)
{
    internal int End => Start + Length;
}

/// <summary>Finds sensitive values in a text: one walk over its words, a few comparisons a word, checksums only for what has the right shape.</summary>
internal static class SensitiveScanner
{
    internal const int ValuesMax = 256;

    /// <summary>Fills <paramref name="found"/> in order, without overlap.</summary>
    /// <param name="text">The line.</param>
    /// <param name="from">Where to start; what stands before is looked at for context.</param>
    /// <param name="to">Where to stop.</param>
    /// <param name="kinds">What to look for.</param>
    /// <param name="found">Room for <see cref="ValuesMax"/>.</param>
    /// <param name="count">Values in <paramref name="found"/> already.</param>
    internal static int Find(ReadOnlySpan<byte> text, int from, int to, SensitiveKinds kinds, Span<SensitiveValue> found, int count)
    {
        var i = from;
        while (i < to && count < found.Length)
        {
            var b = text[i];
            if (!(IsWord(b) || b is (byte)'+' or (byte)'(' or (byte)'-' or (byte)':'))
            {
                i++;
                continue;
            }

            if (i > 0 && IsWord(text[i - 1]) && IsWord(b))
            {
                i = SkipWord(text, i, to);
                continue;
            }

            if (TryAt(text, i, to, kinds, out var value))
            {
                found[count++] = value;
                i = value.End;
            }
            else
            {
                i = IsWord(b) ? SkipWord(text, i, to) : i + 1;
            }
        }

        return count;
    }

    /// <summary>True when the text names a secret: lines of its shape are searched whole.</summary>
    internal static bool NeedsWholeLine(ReadOnlySpan<byte> text, SensitiveKinds kinds)
    {
        for (var i = 0; i < text.Length; i = IsWord(text[i]) ? SkipWord(text, i, text.Length) : i + 1)
        {
            if (IsLetter(text[i]) && SecretKeys.NameAt(text, i, text.Length, kinds, out var end) is var name and not SensitiveKinds.None && Announces(text, end, name))
            {
                return true;
            }
        }

        return false;
    }

    // password=, "token":, bearer and a blank; "password for" announces nothing.
    private static bool Announces(ReadOnlySpan<byte> text, int end, SensitiveKinds name) =>
        end >= text.Length || text[end] is (byte)'=' or (byte)':' or (byte)'"' or (byte)'\''
        || (text[end] == ' ' && (name == SensitiveKinds.Key || (end + 1 < text.Length && text[end + 1] == '=')));

    private static int SkipWord(ReadOnlySpan<byte> text, int i, int to)
    {
        while (i < to && IsWord(text[i]))
        {
            i++;
        }

        return i;
    }

    private static bool TryAt(ReadOnlySpan<byte> text, int i, int to, SensitiveKinds kinds, out SensitiveValue value)
    {
        value = default;
        var b = text[i];
        if (IsLetter(b))
        {
            var key = SecretKeys.KeyAt(text, i, to, kinds, out var valueAt);
            if (key != SensitiveKinds.None && SecretKeys.ValueEnd(text, valueAt, to) is var secretEnd && secretEnd > valueAt)
            {
                // A private key has blanks and line feeds in it.
                secretEnd = Math.Max(secretEnd, KnownKeys.PrivateKeyEnd(text, valueAt, to));
                value = new SensitiveValue(valueAt, secretEnd - valueAt, key);
                return true;
            }

            if (KnownKeys.TryScan(text, i, to, kinds, out var keyEnd, out var keyKind))
            {
                value = new SensitiveValue(i, keyEnd - i, keyKind);
                return true;
            }

            if ((kinds & SensitiveKinds.Iban) != 0 && AccountNumbers.IbanEnd(text, i, to) is var iban && iban > i)
            {
                value = new SensitiveValue(i, iban - i, SensitiveKinds.Iban);
                return true;
            }
        }

        if ((kinds & SensitiveKinds.PrivateKey) != 0 && b == '-' && KnownKeys.PrivateKeyEnd(text, i, to) is var pem && pem > i)
        {
            value = new SensitiveValue(i, pem - i, SensitiveKinds.PrivateKey);
            return true;
        }

        if (IsWord(b))
        {
            if ((kinds & SensitiveKinds.Email) != 0 && EmailEnd(text, i, to) is var email && email > i)
            {
                value = new SensitiveValue(i, email - i, SensitiveKinds.Email);
                return true;
            }

            if ((kinds & SensitiveKinds.Uuid) != 0 && UuidEnd(text, i, to) is var uuid && uuid > i)
            {
                value = new SensitiveValue(i, uuid - i, SensitiveKinds.Uuid);
                return true;
            }
        }

        if ((kinds & SensitiveKinds.Address) != 0 && (IsHex(b) || b == ':') && AddressScanner.End(text, i, to) is var address && address > i)
        {
            value = new SensitiveValue(i, address - i, SensitiveKinds.Address);
            return true;
        }

        if (IsDigit(b) && (kinds & SensitiveKinds.Card) != 0 && AccountNumbers.CardEnd(text, i, to) is var card && card > i)
        {
            value = new SensitiveValue(i, card - i, SensitiveKinds.Card);
            return true;
        }

        if ((IsDigit(b) || b is (byte)'+' or (byte)'(') && (kinds & SensitiveKinds.Phone) != 0 && PhoneNumbers.End(text, i, to) is var phone && phone > i)
        {
            value = new SensitiveValue(i, phone - i, SensitiveKinds.Phone);
            return true;
        }

        return false;
    }

    private static int EmailEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        var at = i;
        while (at < to && at - i < 80 && (IsWord(text[at]) || text[at] is (byte)'.' or (byte)'-' or (byte)'+' or (byte)'%'))
        {
            at++;
        }

        if (at >= to || text[at] != '@' || at == i)
        {
            return -1;
        }

        int j = at + 1, dot = -1;
        while (j < to && j - at < 255 && (IsWord(text[j]) || text[j] is (byte)'-' || (text[j] == '.' && j + 1 < to && IsWord(text[j + 1]))))
        {
            dot = text[j] == '.' ? j : dot;
            j++;
        }

        return dot > at + 1 && j - dot >= 3 && IsLetter(text[dot + 1]) ? j : -1;
    }

    private static int UuidEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        if (i + 36 > to || (i + 36 < to && IsWord(text[i + 36])))
        {
            return -1;
        }

        for (var k = 0; k < 36; k++)
        {
            if (k is 8 or 13 or 18 or 23 ? text[i + k] != '-' : !IsHex(text[i + k]))
            {
                return -1;
            }
        }

        return i + 36;
    }
}
