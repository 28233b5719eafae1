using System.Buffers.Text;

namespace Prunella.Logs.Questions;

/// <summary>Values of a line by the key before them, in JSON, logfmt and prose: <c>"status":503</c>, <c>took=1.5s</c>, <c>retries: 4</c>.</summary>
internal static class FieldValue
{
    private const int UnitBytesMax = 13;
    private static readonly byte[][] StatusKeys = Keys("status", "status_code", "statuscode", "http_status", "response_code", "code");
    private static readonly byte[][] DurationKeys = Keys("duration", "latency", "elapsed", "took", "response_time", "request_time", "duration_ms", "latency_ms", "elapsed_ms", "time_ms", "in", "after");
    private static readonly byte[][] SizeKeys = Keys("size", "bytes", "length", "content_length", "body_bytes_sent");

    /// <summary>The value behind a key; empty when the line has no such key.</summary>
    internal static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        for (var from = 0; from < line.Length;)
        {
            var at = IndexOfIgnoreCase(line[from..], key);
            if (at < 0) return default;
            at += from;
            from = at + key.Length;
            if ((at > 0 && IsWord(line[at - 1])) || (from < line.Length && IsWord(line[from]))) continue;
            var value = Behind(line, from);
            if (!value.IsEmpty) return value;
        }
        return default;
    }

    /// <summary>The number that a condition is about; NaN when the line has none.</summary>
    internal static double Number(ReadOnlySpan<byte> line, string field) => field switch
    {
        NumberCondition.Status => Status(line),
        NumberCondition.Duration => Measured(line, DurationKeys, time: true),
        NumberCondition.Size => Measured(line, SizeKeys, time: false),
        _ => Plain(line, field),
    };

    /// <summary>The status code of an HTTP answer; NaN when the line tells none.</summary>
    internal static double Status(ReadOnlySpan<byte> line)
    {
        var (keyed, ofKey) = (double.NaN, StatusKeys.Length);
        for (var at = NumberAt(line, 0); at >= 0 && ofKey > 0; at = NumberAt(line, NumberEnd(line, at)))
            if (MayBeCode(line, at) && KeyBefore(line, at, StatusKeys) is var known and >= 0 && known < ofKey && TryPlain(line[at..], out var code)) (keyed, ofKey) = (code, known);
        if (ofKey < StatusKeys.Length) return keyed;
        // An access log has it behind the quoted request; prose behind "HTTP".
        for (var at = line.IndexOf("\" "u8); at >= 0 && at + 5 <= line.Length;)
        {
            if (IsCode(line, at + 2)) return Code(line, at + 2);
            var next = line[(at + 2)..].IndexOf("\" "u8);
            at = next < 0 ? -1 : at + 2 + next;
        }
        var http = IndexOfIgnoreCase(line, "http"u8);
        while (http >= 0)
        {
            var at = http + 4;
            if (at < line.Length && line[at] == '/') while (at < line.Length && line[at] is not ((byte)' ' or (byte)'"')) at++;
            while (at < line.Length && line[at] is (byte)' ' or (byte)'"' or (byte)':') at++;
            if (IsCode(line, at)) return Code(line, at);
            var next = IndexOfIgnoreCase(line[(http + 4)..], "http"u8);
            http = next < 0 ? -1 : http + 4 + next;
        }
        return double.NaN;
    }

    private static double Plain(ReadOnlySpan<byte> line, string field) => TryPlain(Of(line, Bytes(field)), out var value) ? value : double.NaN;

    /// <summary>Whether a text, or a number followed by it, may tell a duration or a size.</summary>
    internal static bool MayMeasure(ReadOnlySpan<byte> text, bool time)
    {
        for (var at = NumberAt(text, 0); at >= 0; at = NumberAt(text, NumberEnd(text, at))) if (Unit(text[NumberEnd(text, at)..], time) > 0) return true;
        return Unit(text, time) > 0;
    }

    // By a key with or without a unit, the first of the keys; else the greatest number that carries one.
    private static double Measured(ReadOnlySpan<byte> line, byte[][] keys, bool time)
    {
        var (keyed, ofKey, greatest) = (double.NaN, keys.Length, double.NaN);
        for (var at = NumberAt(line, 0); at >= 0; at = NumberAt(line, NumberEnd(line, at)))
        {
            var known = KeyBefore(line, at, keys);
            var carries = TryUnit(line[at..], time, out var amount);
            // A bare number behind a preposition is anything.
            if (known >= 0 && known < ofKey && (carries || (keys[known].Length > 4 && TryPlain(line[at..], out amount)))) (keyed, ofKey) = (amount, known);
            if (carries && !(amount <= greatest) && !(at > 0 && line[at - 1] is (byte)':' or (byte)'-')) greatest = amount;
        }
        return ofKey < keys.Length ? keyed : greatest;
    }

    // Where a number begins that is no part of a word or of another number.
    private static int NumberAt(ReadOnlySpan<byte> line, int from)
    {
        while (from < line.Length)
        {
            var at = line[from..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (at < 0) return -1;
            at += from;
            if (at == 0 || !(IsWord(line[at - 1]) || line[at - 1] == '.')) return at;
            from = NumberEnd(line, at);
        }
        return -1;
    }

    private static int NumberEnd(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && (IsDigit(line[at]) || line[at] == '.')) at++;
        return at;
    }

    // Which key stands before a value: key=1, "key": 1, key 1; -1 for none of them.
    private static int KeyBefore(ReadOnlySpan<byte> line, int at, byte[][] keys)
    {
        var told = false;
        for (at--; at >= 0; at--)
        {
            if (line[at] is (byte)'=' or (byte)':' && !told) told = true;
            else if (line[at] is not ((byte)' ' or (byte)'"' or (byte)'\'')) break;
        }
        var start = at + 1;
        while (start > 0 && IsWord(line[start - 1])) start--;
        // Parts of times and addresses stand before most numbers; no key begins with a figure.
        if (start > at || IsDigit(line[start])) return -1;
        var word = line[start..(at + 1)];
        for (var index = 0; index < keys.Length && !word.IsEmpty; index++) if (System.Text.Ascii.EqualsIgnoreCase(word, keys[index])) return index;
        return -1;
    }

    private static byte[][] Keys(params string[] names) => [.. names.Select(Bytes)];

    private static bool TryUnit(ReadOnlySpan<byte> value, bool time, out double amount)
    {
        amount = 0;
        var end = NumberEnd(value, 0);
        if (Unit(value[end..], time) is var factor && !(factor > 0) || !Utf8Parser.TryParse(value[..end], out double number, out var used) || used < end) return false;
        amount = number * factor;
        return double.IsFinite(amount);
    }

    // What the unit that a text begins with is worth; 0 where it begins with none.
    private static double Unit(ReadOnlySpan<byte> text, bool time)
    {
        if (!text.IsEmpty && text[0] == ' ') text = text[1..];
        var end = 0;
        while (end < text.Length && end < UnitBytesMax && (text[end] >= 0x80 || char.IsAsciiLetter((char)text[end]))) end++;
        if (end is 0 or UnitBytesMax || (end < text.Length && IsWord(text[end]))) return 0;
        Span<char> unit = stackalloc char[end];
        if (!System.Text.Encoding.UTF8.TryGetChars(text[..end], unit, out var letters)) return 0;
        return time ? Units.Milliseconds(unit[..letters]) : Units.Bytes(unit[..letters]);
    }

    private static bool TryPlain(ReadOnlySpan<byte> value, out double number) => Utf8Parser.TryParse(value, out number, out var used) && used > 0 && (used == value.Length || !IsWord(value[used])) && double.IsFinite(number);

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> line, int at)
    {
        var told = false;
        for (; at < line.Length; at++)
        {
            if (line[at] is (byte)'=' or (byte)':' && !told) told = true;
            else if (line[at] is not ((byte)' ' or (byte)'"' or (byte)'\'')) break;
        }
        // Without a sign between them only a number is a value: "retries 4".
        if (at >= line.Length || (!told && !IsDigit(line[at]))) return default;
        var end = at;
        var quoted = line[at - 1] is (byte)'"' or (byte)'\'' ? line[at - 1] : (byte)0;
        while (end < line.Length && (quoted > 0 ? line[end] != quoted : line[end] is not ((byte)' ' or (byte)',' or (byte)';' or (byte)'"' or (byte)'}' or (byte)']' or (byte)')' or (byte)'\t'))) end++;
        return line[at..end];
    }

    private static bool IsCode(ReadOnlySpan<byte> line, int at) =>
        at + 3 <= line.Length && line[at] is >= (byte)'1' and <= (byte)'5' && IsDigit(line[at + 1]) && IsDigit(line[at + 2]) && (at + 3 == line.Length || !(IsWord(line[at + 3]) || line[at + 3] == '.'));

    // Three figures, whatever stands behind them.
    private static bool MayBeCode(ReadOnlySpan<byte> line, int at) =>
        at + 3 <= line.Length && line[at] is >= (byte)'1' and <= (byte)'5' && IsDigit(line[at + 1]) && IsDigit(line[at + 2]) && (at + 3 == line.Length || !IsDigit(line[at + 3]));

    private static double Code(ReadOnlySpan<byte> line, int at) => ((line[at] - '0') * 100) + ((line[at + 1] - '0') * 10) + line[at + 2] - '0';

    /// <summary>Where a text stands, letters of ASCII in any case; -1 when nowhere.</summary>
    /// <param name="line">Where to look.</param>
    /// <param name="text">In lower case.</param>
    internal static int IndexOfIgnoreCase(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        var (low, high) = (text[0], (byte)char.ToUpperInvariant((char)text[0]));
        for (var from = 0; from + text.Length <= line.Length;)
        {
            var at = line[from..(line.Length - text.Length + 1)].IndexOfAny(low, high);
            if (at < 0) return -1;
            from += at;
            if (Matches(line.Slice(from, text.Length), text)) return from;
            from++;
        }
        return -1;
    }

    private static bool Matches(ReadOnlySpan<byte> here, ReadOnlySpan<byte> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var letter = here[index];
            if (letter is >= (byte)'A' and <= (byte)'Z') letter |= 0x20;
            if (letter != text[index]) return false;
        }
        return true;
    }

    internal static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';

    private static bool IsWord(byte letter) => char.IsAsciiLetterOrDigit((char)letter) || letter == '_' || letter >= 0x80;
}
