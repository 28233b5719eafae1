using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>
/// The header of RFC 5424: <c>&lt;34&gt;1 2026-03-17T08:00:01Z web-1 shop 712 ID47 [a@1 k="v"] message</c>. It says which word is what, so nothing is learned.
/// </summary>
internal static class Syslog5424
{
    private const int HostWord = 0, AppWord = 1, Words = 4;

    /// <summary>Reads a line into fields and slots; false leaves both as they are not.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, ByteMap map, Span<Token> slots, ref LineFields fields)
    {
        var level = HeaderFields.OfPriority(line);
        var at = line.IndexOf((byte)'>') + 1;
        // <34>1 and a time or -
        if (level == Severity.None || at > 5 || line.Length < at + 3 || line[at] != '1' || line[at + 1] != ' ') return false;
        var read = new LineFields { Layout = Mix.Add(Mix.Seed, 'S'), Level = level, Format = LineFormat.Text };
        var count = 0;
        slots[count++] = new Token(1, at - 2, SlotKind.Header);
        at += 2;
        if (!TryTime(line, ref at, ref read, slots, ref count)) return false;
        for (var word = HostWord; word < Words; word++)
        {
            var length = line[at..].IndexOf((byte)' ');
            if (length <= 0) return false;
            slots[count++] = new Token(at, length, SlotKind.Header);
            if (word == AppWord && !(length == 1 && line[at] == '-')) read.Service = at..(at + length);
            at += length + 1;
        }
        var data = DataLength(line[at..]);
        if (data == 0) return false;
        slots[count++] = new Token(at, data, SlotKind.Header);
        at += data;
        if (at < line.Length) at++;
        if (line[at..].StartsWith("\uFEFF"u8)) at += "\uFEFF"u8.Length;
        (read.MessageFrom, read.MessageTo) = (at, line.Length);
        read.Slots = MessageTokenizer.Tokenize(line, map, at, line.Length, slots, count, words: false);
        fields = read;
        return true;
    }

    private static bool TryTime(ReadOnlySpan<byte> line, ref int at, ref LineFields read, Span<Token> slots, ref int count)
    {
        if (line[at] == '-')
        {
            slots[count++] = new Token(at, 1, SlotKind.Header);
            at++;
        }
        else if (TimestampScanner.TryScan(line[at..], out var length, out _, out read.Ticks))
        {
            read.Time = at..(at + length);
            slots[count++] = new Token(at, length, SlotKind.Time);
            at += length;
        }
        else
        {
            return false;
        }
        return at < line.Length && line[at++] == ' ';
    }

    // - or elements in brackets; a quote, a bracket or a backslash within a value stands behind a backslash. Then a blank or the end.
    private static int DataLength(ReadOnlySpan<byte> rest)
    {
        var at = 0;
        if (rest.StartsWith("-"u8))
        {
            at = 1;
        }
        else
        {
            while (at < rest.Length && rest[at] == '[')
            {
                var element = ElementLength(rest[at..]);
                if (element == 0) return 0;
                at += element;
            }
        }
        return at == rest.Length || rest[at] == ' ' ? at : 0;
    }

    private static int ElementLength(ReadOnlySpan<byte> element)
    {
        var quoted = false;
        for (var at = 1; at < element.Length; at++)
        {
            switch (element[at])
            {
                case (byte)'\\' when quoted: at++; break;
                case (byte)'"': quoted = !quoted; break;
                case (byte)']' when !quoted: return at + 1;
            }
        }
        return 0;
    }
}
