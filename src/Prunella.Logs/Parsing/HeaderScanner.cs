using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Finds the anchors at the start of a line. Which of them belong to the header, <see cref="LayoutLearner"/> decides from the stream.</summary>
internal static class HeaderScanner
{
    internal const int AnchorsMax = 10;
    private const int NamesBeforeTimeMax = 5;
    private const int HeaderBytesMax = 512;

    /// <summary>Fills <paramref name="anchors"/> in the order of the line.</summary>
    /// <param name="line">One line without its terminator.</param>
    /// <param name="anchors">At least <see cref="AnchorsMax"/> long.</param>
    /// <param name="ticks">Ticks of the last timestamp, 0 when there is none.</param>
    internal static int Scan(ReadOnlySpan<byte> line, Span<HeaderAnchor> anchors, out long ticks)
    {
        ticks = 0;
        if (line.Length == 0 || line[0] is (byte)' ' or (byte)'\t')
        {
            return 0;
        }

        if (line.Length > HeaderBytesMax)
        {
            line = line[..HeaderBytesMax];
        }

        var count = 0;
        var i = 0;
        for (var names = 0; names <= NamesBeforeTimeMax && i < line.Length; names++)
        {
            var token = Step(line, i, out var at);
            if (token.Kind == AnchorKind.Time)
            {
                ticks = at;
                anchors[count++] = token with { Free = names, Key = token.Key | ((uint)names << 24) };
                i = token.Next;
                break;
            }

            if (names == 0 && token.Kind == AnchorKind.Level)
            {
                anchors[count++] = token;
                i = token.Next;
                break;
            }

            i = token.Next;
        }

        while (count > 0 && count < AnchorsMax && i < line.Length)
        {
            var previous = anchors[count - 1].Kind;
            if (previous == AnchorKind.NameColon || !TryNext(line, i, previous, out var found, ref ticks))
            {
                break;
            }

            anchors[count++] = found;
            i = found.Next;
        }

        return count;
    }

    private static bool TryNext(ReadOnlySpan<byte> line, int i, AnchorKind previous, out HeaderAnchor found, ref long ticks)
    {
        found = default;
        var have = false;
        for (var free = 0; free <= 3 && i < line.Length; free++)
        {
            var token = Step(line, i, out var at);
            if (token.Kind == AnchorKind.Time && previous == AnchorKind.Time && free <= 2)
            {
                ticks = at;
                found = token with { Free = free };
                return true;
            }

            if (!have && free <= Reach(token.Kind, previous))
            {
                found = token with { Free = free };
                have = true;
                if (previous != AnchorKind.Time || free >= 2)
                {
                    return true;
                }
            }

            if (have && (previous != AnchorKind.Time || free >= 2))
            {
                return true;
            }

            i = token.Next;
        }

        return have;
    }

    /// <summary>Names that may stand between an anchor and the one before it.</summary>
    private static int Reach(AnchorKind kind, AnchorKind previous) => kind switch
    {
        AnchorKind.Level => previous == AnchorKind.Time ? 3 : 1,
        AnchorKind.NameColon => previous == AnchorKind.Time ? 3 : 0,
        AnchorKind.Dash => 2,
        AnchorKind.Bracket => 1,
        AnchorKind.Number or AnchorKind.NameClose or AnchorKind.NameDotted or AnchorKind.NamePadded or AnchorKind.Pipe => 0,
        _ => -1,
    };

    /// <summary>One token of a header at <paramref name="i"/>.</summary>
    private static HeaderAnchor Step(ReadOnlySpan<byte> line, int i, out long ticks)
    {
        ticks = 0;
        var b = line[i];
        if (b is (byte)'[' or (byte)'(' or (byte)'<')
        {
            var close = Close(line, i);
            if (close > i + 1)
            {
                return Bracketed(line, i, close, ref ticks);
            }
        }

        if (TimestampScanner.TryScan(line[i..], out var length, out var format, out ticks))
        {
            var after = i + length;
            if (after >= line.Length || line[after] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)'|' or (byte)':' or (byte)';')
            {
                return new HeaderAnchor(AnchorKind.Time, i, after, Next(line, after), 0, Key(AnchorKind.Time, (uint)format << 8));
            }
        }

        return Plain(line, i);
    }

    private static HeaderAnchor Bracketed(ReadOnlySpan<byte> line, int i, int close, ref long ticks)
    {
        var inner = line[(i + 1)..close];
        var after = close + 1;
        var flag = 0x10000u | ((uint)line[i] << 17);
        if (TimestampScanner.TryScan(inner, out var length, out var format, out ticks) && length == inner.Length)
        {
            return new HeaderAnchor(AnchorKind.Time, i + 1, close, Next(line, after), 0, Key(AnchorKind.Time, flag | ((uint)format << 8)));
        }

        ticks = 0;
        if (after < line.Length && line[after] == ':')
        {
            return new HeaderAnchor(AnchorKind.NameColon, i + 1, close, Next(line, after), 0, Key(AnchorKind.NameColon, 0));
        }

        if (SeverityWords.Read(inner.Trim((byte)' ')) != Severity.None)
        {
            return new HeaderAnchor(AnchorKind.Level, i + 1, close, Next(line, after), 0, Key(AnchorKind.Level, 0));
        }

        // Text glued to the bracket makes it part of a name: [main]Foo
        return after >= line.Length || line[after] is (byte)' ' or (byte)'\t' or (byte)'[' or (byte)'|' or (byte)'-'
            ? new HeaderAnchor(AnchorKind.Bracket, i + 1, close, Next(line, after), 0, Key(AnchorKind.Bracket, (uint)line[i] << 17))
            : new HeaderAnchor(AnchorKind.Name, i, close, Next(line, after), 0, 0);
    }

    private static HeaderAnchor Plain(ReadOnlySpan<byte> line, int i)
    {
        var j = i;
        int digits = 0, dots = 0, letters = 0, depth = 0;
        for (; j < line.Length; j++)
        {
            var b = line[j];
            if (b is (byte)' ' or (byte)'\t' && depth == 0)
            {
                break;
            }

            if (b == '|' && depth == 0)
            {
                break;
            }

            depth += b is (byte)'[' or (byte)'(' ? 1 : b is (byte)']' or (byte)')' && depth > 0 ? -1 : 0;
            if (depth > 0 && j - i > 200)
            {
                break;
            }

            digits += ByteClass.IsDigit(b) ? 1 : 0;
            letters += ByteClass.IsLetter(b) ? 1 : 0;
            dots += b is (byte)'.' or (byte)'$' && j > i && letters > 0 ? 1 : 0;
        }

        if (depth > 0)
        {
            // A bracket that does not close here: the token ends at the space.
            j = i;
            while (j < line.Length && line[j] is not ((byte)' ' or (byte)'\t' or (byte)'|'))
            {
                j++;
            }
        }

        if (j == i)
        {
            // A separator standing alone.
            return new HeaderAnchor(AnchorKind.Dash, i, i + 1, Next(line, i + 1), 0, Key(AnchorKind.Dash, (uint)line[i] << 8));
        }

        var word = line[i..j];
        var next = Next(line, j);
        if (word.Length <= 3 && letters + digits == 0 && word.IndexOfAnyExcept((byte)'-', (byte)':', (byte)'|') < 0)
        {
            return new HeaderAnchor(AnchorKind.Dash, i, j, next, 0, Key(AnchorKind.Dash, (uint)word[0] << 8));
        }

        if (digits == word.Length || (word.Length > 2 && word[0] == '0' && word[1] == 'x' && word.Length < 19))
        {
            return new HeaderAnchor(AnchorKind.Number, i, j, next, 0, Key(j < line.Length && line[j] == '|' ? AnchorKind.Pipe : AnchorKind.Number, 0));
        }

        if (letters >= 1 && LevelOf(word, out var levelEnd))
        {
            // LEVEL:name:text and LEVEL: text both end the level at its colon.
            var end = i + levelEnd;
            return new HeaderAnchor(AnchorKind.Level, i, end, end < j ? Math.Max(end + 1, end + 1 == j ? next : end + 1) : next, 0, Key(AnchorKind.Level, Caps(word[..levelEnd])));
        }

        if (j < line.Length && line[j] == '|')
        {
            return new HeaderAnchor(AnchorKind.Pipe, i, j, next, 0, Key(AnchorKind.Pipe, 0));
        }

        if (word[^1] == ':' && word.Length > 1 && letters > 0)
        {
            return new HeaderAnchor(AnchorKind.NameColon, i, j - 1, next, 0, Key(AnchorKind.NameColon, 0));
        }

        if (word[^1] == ':' && word.Length > 1 && digits > 0)
        {
            return new HeaderAnchor(AnchorKind.NameColon, i, j - 1, next, 0, Key(AnchorKind.NameColon, 0));
        }

        if (word[^1] == ']' && !word.Contains((byte)'['))
        {
            return new HeaderAnchor(AnchorKind.NameClose, i, j - 1, next, 0, Key(AnchorKind.NameClose, 0));
        }

        if (j + 1 < line.Length && (line[j] == '\t' || line[j + 1] == ' ') && word[^1] is not ((byte)'.' or (byte)',' or (byte)'=' or (byte)':'))
        {
            return new HeaderAnchor(AnchorKind.NamePadded, i, j, next, 0, Key(AnchorKind.NamePadded, 0));
        }

        return dots > 0 && ByteClass.IsLetter(word[0]) && ByteClass.IsWord(word[^1]) && word.IndexOfAny((byte)'=', (byte)'/', (byte)'(') < 0
            ? new HeaderAnchor(AnchorKind.NameDotted, i, j, next, 0, Key(AnchorKind.NameDotted, 0))
            : new HeaderAnchor(AnchorKind.Name, i, j, next, 0, 0);
    }

    private static bool LevelOf(ReadOnlySpan<byte> word, out int end)
    {
        end = word.Length;
        if (word.Length == 1)
        {
            return word[0] is (byte)'V' or (byte)'D' or (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F';
        }

        var colon = word.IndexOf((byte)':');
        if (colon > 0)
        {
            end = colon;
        }
        else if (word[^1] == ',')
        {
            end = word.Length - 1;
        }

        return end <= 11 && SeverityWords.Read(word[..end]) != Severity.None;
    }

    // Level words in capitals are levels; in lower case they may be words of the message.
    private static uint Caps(ReadOnlySpan<byte> word) => word.Length == 1 || word[1] is >= (byte)'A' and <= (byte)'Z' ? 0u : 0x100u;

    private static uint Key(AnchorKind kind, uint detail) => (uint)kind | detail;

    private static int Next(ReadOnlySpan<byte> line, int i)
    {
        while (i < line.Length && line[i] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)'|' or (byte)':' or (byte)';')
        {
            i++;
        }

        return i;
    }

    // The bracket that closes the one at i, nested ones balanced, or -1
    private static int Close(ReadOnlySpan<byte> line, int i)
    {
        var open = line[i];
        var close = open switch { (byte)'[' => (byte)']', (byte)'(' => (byte)')', _ => (byte)'>' };
        var depth = 0;
        for (var j = i; j < line.Length && j < i + 300; j++)
        {
            if (line[j] == open)
            {
                depth++;
            }
            else if (line[j] == close && --depth == 0)
            {
                return j;
            }
        }

        return -1;
    }
}
