using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Time, level and service of a header, and its tokens.</summary>
internal static class HeaderFields
{
    /// <summary>Reads the header's fields into <paramref name="fields"/>, which say nothing of them yet.</summary>
    internal static void Read(ReadOnlySpan<byte> line, ReadOnlySpan<HeaderAnchor> anchors, long ticks, MissingYear years, ref LineFields fields)
    {
        var level = Severity.None;
        var best = 0;
        foreach (ref readonly var anchor in anchors)
        {
            switch (anchor.Kind)
            {
                case AnchorKind.Time:
                    fields.Time = anchor.Start..anchor.End;
                    if (TimestampScanner.LacksYear(anchor.Format))
                    {
                        ticks = years.Complete(ticks);
                        level = anchor.Format == TimestampFormat.Klog ? SeverityWords.ReadLetter(line[anchor.Start]) : level;
                    }

                    fields.Ticks = ticks;
                    break;
                case AnchorKind.Level:
                    level = anchor.End - anchor.Start == 1
                        ? SeverityWords.ReadLetter(line[anchor.Start])
                        : SeverityWords.Read(line[anchor.Start..anchor.End].Trim((byte)' '));
                    break;
                default:
                    var rank = Rank(anchor.Kind);
                    if (rank > best)
                    {
                        best = rank;
                        fields.Service = Name(line, anchor);
                    }

                    break;
            }
        }

        if (level == Severity.None)
        {
            level = OfPriority(line);
        }

        fields.Level = level;
    }

    /// <summary>The severity in the priority that a line of syslog begins with, as <c>&lt;34&gt;</c>: facility times eight plus severity.</summary>
    internal static Severity OfPriority(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '<')
        {
            return Severity.None;
        }

        int number = 0, i = 1;
        for (; i < line.Length && i <= 3 && ByteClass.IsDigit(line[i]); i++)
        {
            number = (number * 10) + line[i] - '0';
        }

        return i > 1 && i < line.Length && line[i] == '>' ? SeverityWords.OfSyslog(number & 7) : Severity.None;
    }

    /// <summary>Tokens of the header: every word of it is a slot.</summary>
    internal static int Tokenize(ReadOnlySpan<byte> line, ByteMap map, ReadOnlySpan<HeaderAnchor> anchors, int end, Span<Token> tokens)
    {
        var count = 0;
        var at = 0;
        foreach (ref readonly var anchor in anchors)
        {
            if (anchor.Kind is not (AnchorKind.Time or AnchorKind.Level))
            {
                continue;
            }

            count = Words(line, map, at, anchor.Start, tokens, count);
            tokens[count++] = new Token(anchor.Start, anchor.End - anchor.Start, anchor.Kind == AnchorKind.Time ? SlotKind.Time : SlotKind.Header);
            at = anchor.End;
        }

        return Words(line, map, at, end, tokens, count);
    }

    private static int Words(ReadOnlySpan<byte> line, ByteMap map, int from, int to, Span<Token> tokens, int count) =>
        from < to ? MessageTokenizer.Tokenize(line, map, from, to, tokens, count, words: true, SlotKind.Header) : count;

    private static int Rank(AnchorKind kind) => kind switch
    {
        AnchorKind.NameColon => 5,
        AnchorKind.NameDotted => 4,
        AnchorKind.Pipe => 3,
        AnchorKind.NamePadded => 2,
        AnchorKind.Bracket or AnchorKind.NameClose => 1,
        _ => 0,
    };

    // sshd(pam_unix)[19939] is sshd
    private static Range Name(ReadOnlySpan<byte> line, in HeaderAnchor anchor)
    {
        var name = line[anchor.Start..anchor.End];
        if (anchor.Kind != AnchorKind.NameColon)
        {
            return anchor.Start..anchor.End;
        }

        var cut = name.IndexOfAny((byte)'[', (byte)'(');
        return cut > 0 ? anchor.Start..(anchor.Start + cut) : anchor.Start..anchor.End;
    }
}
