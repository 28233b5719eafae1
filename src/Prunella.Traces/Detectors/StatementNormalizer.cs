namespace Prunella.Traces.Detectors;

/// <summary>
/// Database statements without what varies from call to call: literals, parameters and comments become <c>?</c>,
/// white space one blank, lists of values <c>(...)</c>. Works on UTF-8, without allocation.
/// </summary>
/// <remarks>A list of one value stays <c>(?)</c>, so that a batched call differs from a call in a loop.</remarks>
internal static class StatementNormalizer
{
    /// <summary>The longest normalised statement; the rest is cut.</summary>
    public const int LengthMax = 2_048;

    /// <summary>What a statement is beyond its text.</summary>
    [Flags]
    public enum Traits : byte
    {
        None = 0,

        /// <summary>Values are bound elsewhere (<c>?</c>, <c>$1</c>, <c>:id</c>), so equal texts may be different calls.</summary>
        Parameters = 1,

        /// <summary>It holds literal values.</summary>
        Literals = 2,

        /// <summary>It handles many keys or rows at once.</summary>
        Batch = 4,

        /// <summary>It changes data, or is part of a transaction's frame.</summary>
        Write = 8,
    }

    /// <summary>Normalises into <paramref name="output"/> (at least <see cref="LengthMax"/> bytes).</summary>
    /// <returns>Bytes written.</returns>
    public static int Normalize(ReadOnlySpan<byte> sql, Span<byte> output, bool doubleQuotesAreText, out Traits traits)
    {
        traits = IsRead(sql) ? Traits.None : Traits.Write;
        sql = sql.TrimStart(" \t\r\n"u8);
        if (!sql.IsEmpty && sql[0] is (byte)'{' or (byte)'[')
            return Document(sql, output, ref traits);
        var at = 0;
        var to = 0;
        while (at < sql.Length && to < LengthMax - 8)
        {
            var letter = sql[at];
            if (IsWord(letter) && (!IsDigit(letter) || InWord(sql, at)))
            {
                var start = at++;
                while (at < sql.Length && IsWord(sql[at]))
                    at++;
                to = Word(sql[start..at], output, to, ref traits);
            }
            else if (letter is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
                if (to > 0 && output[to - 1] != ' ')
                    output[to++] = (byte)' ';
            }
            else if (letter == '\'' || (letter == '"' && doubleQuotesAreText))
            {
                at = SkipQuoted(sql, at, letter);
                traits |= Traits.Literals;
                to = Value(output, to);
            }
            else if (letter is (byte)'"' or (byte)'`')
            {
                var end = SkipQuoted(sql, at, letter);
                for (; at < end && to < LengthMax - 8; at++)
                    output[to++] = sql[at];
                at = end;
            }
            else if (letter == '-' && Follows(sql, at, (byte)'-'))
            {
                at = SkipLine(sql, at);
            }
            else if (letter == '/' && Follows(sql, at, (byte)'*'))
            {
                var end = sql[at..].IndexOf("*/"u8);
                at = end < 0 ? sql.Length : at + end + 2;
            }
            else if (IsDigit(letter))
            {
                at = SkipNumber(sql, at);
                traits |= Traits.Literals;
                to = Value(output, to);
            }
            else if (IsParameter(sql, at))
            {
                at = SkipParameter(sql, at);
                traits |= Traits.Parameters;
                to = Value(output, to);
            }
            else
            {
                output[to++] = letter;
                at++;
                if (letter == ')')
                    to = CloseList(output, to, ref traits);
            }
        }

        while (to > 0 && output[to - 1] is (byte)' ' or (byte)';')
            to--;
        return to;
    }

    /// <summary>Whether a statement only reads.</summary>
    public static bool IsRead(ReadOnlySpan<byte> sql)
    {
        sql = sql.TrimStart(" \t\r\n("u8);
        return Starts(sql, "select"u8) || Starts(sql, "with"u8) || Starts(sql, "show"u8) || Starts(sql, "explain"u8) ||
            Starts(sql, "get "u8) || Starts(sql, "mget"u8) || Starts(sql, "hget"u8) || Starts(sql, "find"u8) || Starts(sql, "match"u8) ||
            (!sql.IsEmpty && sql[0] == '{' && (sql.IndexOf("\"find\""u8) >= 0 || sql.IndexOf("\"aggregate\""u8) >= 0 || sql.IndexOf("\"query\""u8) >= 0));
    }

    private static bool Starts(ReadOnlySpan<byte> sql, ReadOnlySpan<byte> word) =>
        sql.Length >= word.Length && Is(sql[..word.Length], word);

    // "-5" after an operator is one value, "a - 5" is not; both end as "?".
    private static int Value(Span<byte> output, int to)
    {
        if (to > 0 && output[to - 1] == '-' && (to < 2 || output[to - 2] is (byte)'(' or (byte)',' or (byte)'=' or (byte)' '))
            to--;
        output[to++] = (byte)'?';
        return to;
    }

    private static int Word(ReadOnlySpan<byte> word, Span<byte> output, int to, ref Traits traits)
    {
        switch (word.Length)
        {
            case 4 when Is(word, "true"u8):
            case 5 when Is(word, "false"u8):
                traits |= Traits.Literals;
                return Value(output, to);
            case 3 when Is(word, "any"u8):
            case 6 when Is(word, "unnest"u8):
                traits |= Traits.Batch;
                break;
        }

        var length = Math.Min(word.Length, LengthMax - 8 - to);
        word[..length].CopyTo(output[to..]);
        return to + length;
    }

    // "(?, ?, ?)" becomes "(...)", and a second "(...)" after a comma joins the first: lists of any length are one pattern.
    private static int CloseList(Span<byte> output, int to, ref Traits traits)
    {
        var open = to - 2;
        var values = 0;
        for (; open >= 0 && output[open] != '('; open--)
        {
            if (output[open] == '?')
                values++;
            else if (output[open] is not ((byte)',' or (byte)' ' or (byte)'.'))
                return to;
        }

        if (open < 0 || values == 0)
            return to;
        if (values > 1)
        {
            "(...)"u8.CopyTo(output[open..]);
            to = open + 5;
            // A list of a function's arguments is no batch; one after IN or VALUES is.
            if (After(output[..open], "in"u8))
                traits |= Traits.Batch;
        }

        // A further row of VALUES.
        var before = open;
        while (before > 0 && output[before - 1] is (byte)' ')
            before--;
        if (before > 0 && output[before - 1] == ',' && before > 1 && output[before - 2] == ')')
        {
            traits |= Traits.Batch;
            return before - 1;
        }

        return to;
    }

    private static bool After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        text = text.TrimEnd((byte)' ');
        return text.Length > word.Length && System.Text.Ascii.EqualsIgnoreCase(text[^word.Length..], word) && !IsWord(text[^(word.Length + 1)]);
    }

    // MongoDB and Elasticsearch: names and structure stay, values go; the first value (the collection) is kept.
    private static int Document(ReadOnlySpan<byte> json, Span<byte> output, ref Traits traits)
    {
        var to = 0;
        var at = 0;
        var firstValue = true;
        while (at < json.Length && to < LengthMax - 8)
        {
            var letter = json[at];
            if (letter == '"')
            {
                var end = SkipQuoted(json, at, letter);
                var next = end;
                while (next < json.Length && json[next] is (byte)' ')
                    next++;
                var isName = next < json.Length && json[next] == ':';
                if (isName || firstValue)
                {
                    firstValue &= isName;
                    for (; at < end && to < LengthMax - 8; at++)
                        output[to++] = json[at];
                }
                else
                {
                    traits |= Traits.Literals;
                    output[to++] = (byte)'?';
                }

                at = end;
            }
            else if ((IsDigit(letter) || letter == '-') && !InWord(json, at))
            {
                at = SkipNumber(json, at + 1);
                traits |= Traits.Literals;
                output[to++] = (byte)'?';
            }
            else
            {
                at++;
                if (letter is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                    output[to++] = letter;
                if (letter == ']')
                    to = CloseArray(output, to, ref traits);
            }
        }

        return to;
    }

    private static int CloseArray(Span<byte> output, int to, ref Traits traits)
    {
        var open = to - 2;
        var values = 0;
        for (; open >= 0 && output[open] != '['; open--)
        {
            if (output[open] == '?')
                values++;
            else if (output[open] != ',')
                return to;
        }

        if (open < 0 || values < 2)
            return to;
        traits |= Traits.Batch;
        "[...]"u8.CopyTo(output[open..]);
        return open + 5;
    }

    private static bool IsParameter(ReadOnlySpan<byte> sql, int at)
    {
        var letter = sql[at];
        if (letter == '?')
            return true;
        if (at + 1 >= sql.Length)
            return false;
        var next = sql[at + 1];
        return letter switch
        {
            (byte)'$' => IsDigit(next) || IsWord(next),
            (byte)':' => IsWord(next) && (at == 0 || (sql[at - 1] != ':' && !IsWord(sql[at - 1]))),
            (byte)'@' => IsWord(next),
            (byte)'%' => next is (byte)'s' or (byte)'(' && (at == 0 || sql[at - 1] is (byte)' ' or (byte)'(' or (byte)',' or (byte)'='),
            _ => false,
        };
    }

    private static int SkipParameter(ReadOnlySpan<byte> sql, int at)
    {
        var named = sql[at] == '%' && sql[at + 1] == '(';
        at++;
        if (named)
        {
            var end = sql[at..].IndexOf((byte)')');
            return end < 0 ? sql.Length : Math.Min(sql.Length, at + end + 2);
        }

        while (at < sql.Length && IsWord(sql[at]))
            at++;
        return at;
    }

    private static int SkipQuoted(ReadOnlySpan<byte> sql, int at, byte quote)
    {
        for (at++; at < sql.Length; at++)
        {
            if (sql[at] == '\\')
                at++;
            else if (sql[at] == quote)
            {
                if (at + 1 < sql.Length && sql[at + 1] == quote)
                    at++;
                else
                    return at + 1;
            }
        }

        return sql.Length;
    }

    private static int SkipLine(ReadOnlySpan<byte> sql, int at)
    {
        var end = sql[at..].IndexOf((byte)'\n');
        return end < 0 ? sql.Length : at + end;
    }

    private static int SkipNumber(ReadOnlySpan<byte> sql, int at)
    {
        while (at < sql.Length && (IsWord(sql[at]) || (sql[at] == '.' && at + 1 < sql.Length && IsDigit(sql[at + 1]))))
            at++;
        return at;
    }

    private static bool Follows(ReadOnlySpan<byte> sql, int at, byte letter) => at + 1 < sql.Length && sql[at + 1] == letter;

    private static bool InWord(ReadOnlySpan<byte> sql, int at) => at > 0 && (IsWord(sql[at - 1]) || sql[at - 1] == '$');

    private static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';

    // Asked for every byte of every statement: a table, a bit a letter.
    private static bool IsWord(byte letter) => (WordLetters[letter >> 5] >> (letter & 31) & 1) != 0;

    // 0-9; A-Z and _; a-z; everything from 0x80.
    private static ReadOnlySpan<uint> WordLetters => [0, 0x03FF_0000, 0x87FF_FFFE, 0x07FF_FFFE, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue];

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lower) => (word[0] | 0x20) == lower[0] && System.Text.Ascii.EqualsIgnoreCase(word, lower);
}
