using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>
/// Reads a JSON object in one pass over its bytes. Every scalar is a slot, keys are literal, the message is tokenized like any other.
/// Nesting is counted, not recursed into; what is not well-formed is left to the text reader.
/// </summary>
internal static class JsonLine
{
    private const int SlotsMax = 900;
    private const int DepthMax = 256;

    internal static bool TryRead(ReadOnlySpan<byte> line, ByteMap map, Span<Token> slots, MissingYear years, ref LineFields fields)
    {
        var i = 0;
        int depth = 0, count = 0;
        var role = FieldRole.Other;
        var message = false;
        fields = new LineFields { Layout = Mix.Add(Mix.Seed, 'J'), Format = LineFormat.Json };
        ulong objects = 0;
        while (i < line.Length)
        {
            var b = line[i];
            switch (b)
            {
                case (byte)' ' or (byte)'\t' or (byte)',' or (byte)'\r':
                    i++;
                    break;
                case (byte)'{' or (byte)'[':
                    if (++depth > DepthMax)
                    {
                        return false;
                    }

                    objects = (objects << 1) | (b == '{' ? 1UL : 0);
                    role = FieldRole.Other;
                    i++;
                    break;
                case (byte)'}' or (byte)']':
                    if (--depth < 0)
                    {
                        return false;
                    }

                    objects >>= 1;
                    i++;
                    break;
                case (byte)'"':
                    var end = StringEnd(line, i + 1);
                    if (end < 0)
                    {
                        return false;
                    }

                    var text = line[(i + 1)..end];
                    var after = SkipSpaces(line, end + 1);
                    if ((objects & 1) != 0 && after < line.Length && line[after] == ':')
                    {
                        role = depth == 1 ? FieldNames.Role(text) : FieldRole.Other;
                        i = after + 1;
                        break;
                    }

                    if (count >= SlotsMax)
                    {
                        return false;
                    }

                    if (role == FieldRole.Message && !message)
                    {
                        message = true;
                        (fields.MessageFrom, fields.MessageTo) = (i + 1, TrimEscapes(line, i + 1, end));
                        count = MessageTokenizer.Tokenize(line, map, fields.MessageFrom, fields.MessageTo, slots, count, words: false);
                    }
                    else
                    {
                        slots[count++] = new Token(i + 1, end - i - 1, Value(line, i + 1, end, role, years, ref fields));
                    }

                    role = FieldRole.Other;
                    i = end + 1;
                    break;
                default:
                    var stop = ScalarEnd(line, i);
                    if (stop == i || count >= SlotsMax)
                    {
                        return false;
                    }

                    slots[count++] = new Token(i, stop - i, Value(line, i, stop, role, years, ref fields));
                    role = FieldRole.Other;
                    i = stop;
                    break;
            }
        }

        fields.Slots = count;
        if (!message)
        {
            // Without a message the object itself is the form.
            return false;
        }

        return depth == 0;
    }

    /// <summary>Reads a field's value, and says what kind of slot it is.</summary>
    internal static SlotKind Value(ReadOnlySpan<byte> line, int from, int to, FieldRole role, MissingYear years, ref LineFields fields)
    {
        var value = line[from..to];
        switch (role)
        {
            case FieldRole.Time when TimestampScanner.TryScan(value, out _, out var format, out var ticks):
                fields.Ticks = TimestampScanner.LacksYear(format) ? years.Complete(ticks) : ticks;
                fields.Time = from..to;
                return SlotKind.Time;
            case FieldRole.Level:
                fields.Level = ReadLevel(value);
                return SlotKind.Header;
            case FieldRole.Service:
                fields.Service = from..to;
                return SlotKind.Header;
            default:
                return SlotKind.Text;
        }
    }

    // Words; bunyan and pino count 10 for trace to 60 for fatal; syslog and journald 7 for debug to 0.
    private static Severity ReadLevel(ReadOnlySpan<byte> value)
    {
        if (value.Length == 2 && value[1] == '0')
        {
            return value[0] switch
            {
                (byte)'1' => Severity.Trace, (byte)'2' => Severity.Debug, (byte)'3' => Severity.Info, (byte)'4' => Severity.Warning,
                (byte)'5' => Severity.Error, (byte)'6' => Severity.Fatal, _ => Severity.None,
            };
        }

        return value.Length == 1 && ByteClass.IsDigit(value[0]) ? SeverityWords.OfSyslog(value[0] - '0')
            : value.Length == 1 ? SeverityWords.ReadLetter(value[0]) : SeverityWords.Read(value);
    }

    private static int StringEnd(ReadOnlySpan<byte> line, int i)
    {
        while (true)
        {
            var at = line[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (at < 0)
            {
                return -1;
            }

            i += at;
            if (line[i] == '"')
            {
                return i;
            }

            i += 2;
            if (i > line.Length)
            {
                return -1;
            }
        }
    }

    // Docker's "log" ends in an escaped line feed; it is not part of the message.
    private static int TrimEscapes(ReadOnlySpan<byte> line, int from, int to)
    {
        while (to - from >= 2 && line[to - 2] == '\\' && line[to - 1] is (byte)'n' or (byte)'r')
        {
            to -= 2;
        }

        return to;
    }

    private static int SkipSpaces(ReadOnlySpan<byte> line, int i)
    {
        while (i < line.Length && line[i] is (byte)' ' or (byte)'\t')
        {
            i++;
        }

        return i;
    }

    // Numbers, true, false, null.
    private static int ScalarEnd(ReadOnlySpan<byte> line, int i)
    {
        while (i < line.Length && (ByteClass.IsWord(line[i]) || line[i] is (byte)'-' or (byte)'+' or (byte)'.'))
        {
            i++;
        }

        return i;
    }
}
