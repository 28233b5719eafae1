using System.Buffers;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Finds the anchors at the start of a line. Which of them belong to the header, <see cref="LayoutLearner"/> decides from the stream.</summary>
internal static class HeaderScanner
{
    internal const int AnchorsMax = 10;
    private const int NamesBeforeTimeMax = 5;
    private const int HeaderBytesMax = 512;
    private static readonly SearchValues<byte> TokenEnds = SearchValues.Create(" \t|"u8);

    /// <summary>Fills <paramref name="anchors"/> in the order of the line.</summary>
    /// <param name="line">One line without its terminator.</param>
    /// <param name="anchors">At least <see cref="AnchorsMax"/> long.</param>
    /// <param name="ticks">Ticks of the last timestamp, 0 when there is none.</param>
    internal static int Scan(ReadOnlySpan<byte> line, Span<HeaderAnchor> anchors, out long ticks)
    {
        if (!TryFirst(line, out var anchor, out ticks))
        {
            return 0;
        }

        var count = 0;
        anchors[count++] = anchor;
        while (count < AnchorsMax && anchor.Kind != AnchorKind.NameColon && TryNext(line, anchor.Next, anchor.Kind, AnchorKinds.All, out anchor, ref ticks))
        {
            anchors[count++] = anchor;
        }

        return count;
    }

    /// <summary>The first anchor of a line: a timestamp among its first tokens, or a level at its start.</summary>
    internal static bool TryFirst(ReadOnlySpan<byte> line, out HeaderAnchor anchor, out long ticks)
    {
        ticks = 0;
        anchor = default;
        if (line.Length == 0 || line[0] is (byte)' ' or (byte)'\t')
        {
            return false;
        }

        line = Head(line);
        var level = Step(line, 0, AnchorKinds.All, out ticks);
        if (level.Kind == AnchorKind.Time)
        {
            anchor = level;
            return true;
        }

        var i = level.Next;
        for (var names = 1; names <= NamesBeforeTimeMax && i < line.Length && level.Kind != AnchorKind.Level; names++)
        {
            if (TryTime(line, i, out anchor, out ticks))
            {
                anchor = anchor with { Free = names, Key = anchor.Key | ((uint)names << 24) };
                return true;
            }

            i = SkipToken(line, i);
        }

        ticks = 0;
        anchor = level;
        return level.Kind == AnchorKind.Level;
    }

    /// <summary>The next anchor after one whose <see cref="HeaderAnchor.Next"/> is <paramref name="i"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="i">Where to look.</param>
    /// <param name="previous">Kind of the anchor before.</param>
    /// <param name="expected">Kinds that can be columns here; tokens of other kinds are names.</param>
    /// <param name="found">The anchor.</param>
    /// <param name="ticks">Set when it is a timestamp.</param>
    internal static bool TryNext(ReadOnlySpan<byte> line, int i, AnchorKind previous, uint expected, out HeaderAnchor found, ref long ticks)
    {
        line = Head(line);
        found = default;
        var have = false;
        var times = previous == AnchorKind.Time && (expected & AnchorKinds.Time) != 0;
        var freeMax = FreeMax(previous, expected);
        for (var free = 0; free <= freeMax && i < line.Length; free++)
        {
            if (times && free <= 2 && TryTime(line, i, out var time, out var at))
            {
                ticks = at;
                found = time with { Free = free };
                return true;
            }

            if (have)
            {
                // An anchor is found; only a timestamp close behind would still come before it.
                if (free >= 2)
                {
                    return true;
                }

                i = SkipToken(line, i);
                continue;
            }

            var token = Step(line, i, expected & ~AnchorKinds.Time, out _);
            if (AnchorKinds.Has(expected, token.Kind) && free <= Reach(token.Kind, previous))
            {
                found = token with { Free = free };
                have = true;
                if (!times || free >= 2)
                {
                    return true;
                }
            }

            i = token.Next;
        }

        return have;
    }

    private static int FreeMax(AnchorKind previous, uint expected)
    {
        if (previous == AnchorKind.Time)
        {
            return 3;
        }

        const uint Near = (1u << (int)AnchorKind.Level) | (1u << (int)AnchorKind.Bracket);
        return AnchorKinds.Has(expected, AnchorKind.Dash) ? 2 : (expected & Near) != 0 ? 1 : 0;
    }

    private static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> line) => line.Length > HeaderBytesMax ? line[..HeaderBytesMax] : line;

    private static int SkipToken(ReadOnlySpan<byte> line, int i)
    {
        var b = line[i];
        if (b is (byte)'[' or (byte)'(' or (byte)'<')
        {
            var close = Close(line, i);
            if (close > i + 1)
            {
                return Next(line, close + 1);
            }
        }

        var length = line[i..].IndexOfAny(TokenEnds);
        return length < 0 ? line.Length : Next(line, length == 0 ? i + 1 : i + length);
    }

    private static bool TryTime(ReadOnlySpan<byte> line, int i, out HeaderAnchor anchor, out long ticks)
    {
        var b = line[i];
        if (b == '[' || ByteClass.IsDigit(b) || b is >= (byte)'A' and <= (byte)'W')
        {
            if (b == '[')
            {
                if (i + 8 < line.Length && (ByteClass.IsDigit(line[i + 1]) || line[i + 1] is >= (byte)'A' and <= (byte)'W'))
                {
                    anchor = Step(line, i, AnchorKinds.Time, out ticks);
                    return anchor.Kind == AnchorKind.Time;
                }
            }
            else if (TimestampScanner.TryScan(line[i..], out var length, out var format, out ticks))
            {
                var after = i + length;
                if (EndsTime(line, after))
                {
                    anchor = new HeaderAnchor(AnchorKind.Time, i, after, Next(line, after), 0, Key(AnchorKind.Time, (uint)format << 8));
                    return true;
                }
            }
        }

        anchor = default;
        ticks = 0;
        return false;
    }

    private static bool EndsTime(ReadOnlySpan<byte> line, int after) =>
        after >= line.Length || line[after] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)'|' or (byte)':' or (byte)';';

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
    private static HeaderAnchor Step(ReadOnlySpan<byte> line, int i, uint expected, out long ticks)
    {
        ticks = 0;
        var b = line[i];
        if (b is (byte)'[' or (byte)'(' or (byte)'<')
        {
            var close = Close(line, i);
            if (close > i + 1)
            {
                return Bracketed(line, i, close, expected, ref ticks);
            }
        }

        if ((expected & AnchorKinds.Time) != 0 && TimestampScanner.TryScan(line[i..], out var length, out var format, out ticks))
        {
            var after = i + length;
            if (EndsTime(line, after))
            {
                return new HeaderAnchor(AnchorKind.Time, i, after, Next(line, after), 0, Key(AnchorKind.Time, (uint)format << 8));
            }
        }

        return Plain(line, i, (expected & AnchorKinds.Level) != 0);
    }

    private static HeaderAnchor Bracketed(ReadOnlySpan<byte> line, int i, int close, uint expected, ref long ticks)
    {
        var inner = line[(i + 1)..close];
        var after = close + 1;
        var flag = 0x10000u | ((uint)line[i] << 17);
        if ((expected & AnchorKinds.Time) != 0 && TimestampScanner.TryScan(inner, out var length, out var format, out ticks) && length == inner.Length)
        {
            return new HeaderAnchor(AnchorKind.Time, i + 1, close, Next(line, after), 0, Key(AnchorKind.Time, flag | ((uint)format << 8)));
        }

        ticks = 0;
        if (after < line.Length && line[after] == ':')
        {
            return new HeaderAnchor(AnchorKind.NameColon, i + 1, close, Next(line, after), 0, Key(AnchorKind.NameColon, 0));
        }

        if ((expected & AnchorKinds.Level) != 0 && inner.Length <= 16 && SeverityWords.Read(inner.Trim((byte)' ')) != Severity.None)
        {
            return new HeaderAnchor(AnchorKind.Level, i + 1, close, Next(line, after), 0, Key(AnchorKind.Level, 0));
        }

        // Text glued to the bracket makes it part of a name: [main]Foo
        return after >= line.Length || line[after] is (byte)' ' or (byte)'\t' or (byte)'[' or (byte)'|' or (byte)'-'
            ? new HeaderAnchor(AnchorKind.Bracket, i + 1, close, Next(line, after), 0, Key(AnchorKind.Bracket, (uint)line[i] << 17))
            : new HeaderAnchor(AnchorKind.Name, i, close, Next(line, after), 0, 0);
    }

    private static HeaderAnchor Plain(ReadOnlySpan<byte> line, int i, bool levels)
    {
        var length = line[i..].IndexOfAny(TokenEnds);
        var j = length < 0 ? line.Length : i + length;
        if (j == i)
        {
            // A separator standing alone.
            return new HeaderAnchor(AnchorKind.Dash, i, i + 1, Next(line, i + 1), 0, Key(AnchorKind.Dash, (uint)line[i] << 8));
        }

        var open = line[i..j].IndexOfAny((byte)'[', (byte)'(');
        if (open >= 0)
        {
            j = Balanced(line, i + open, j);
        }

        var word = line[i..j];
        var next = Next(line, j);
        var piped = j < line.Length && line[j] == '|';
        var b = word[0];
        var last = word[^1];
        if (ByteClass.IsDigit(b))
        {
            if (IsNumber(word))
            {
                var kind = piped ? AnchorKind.Pipe : AnchorKind.Number;
                return new HeaderAnchor(kind, i, j, next, 0, Key(kind, 0));
            }
        }
        else if (ByteClass.IsLetter(b))
        {
            if (levels && LevelOf(word, out var levelEnd))
            {
                // LEVEL:name:text and LEVEL: text both end the level at its colon.
                var end = i + levelEnd;
                return new HeaderAnchor(AnchorKind.Level, i, end, end + 1 < j ? end + 1 : next, 0, Key(AnchorKind.Level, Caps(word[..levelEnd])));
            }
        }
        else if (b is (byte)'-' or (byte)':' && word.Length <= 3 && word.IndexOfAnyExcept((byte)'-', (byte)':') < 0)
        {
            return new HeaderAnchor(AnchorKind.Dash, i, j, next, 0, Key(AnchorKind.Dash, (uint)b << 8));
        }

        if (piped)
        {
            return new HeaderAnchor(AnchorKind.Pipe, i, j, next, 0, Key(AnchorKind.Pipe, 0));
        }

        if (last == ':')
        {
            return word.Length > 1 && word.ContainsAnyInRange((byte)'0', (byte)'z')
                ? new HeaderAnchor(AnchorKind.NameColon, i, j - 1, next, 0, Key(AnchorKind.NameColon, 0))
                : new HeaderAnchor(AnchorKind.Name, i, j, next, 0, 0);
        }

        if (last == ']' && open < 0)
        {
            return new HeaderAnchor(AnchorKind.NameClose, i, j - 1, next, 0, Key(AnchorKind.NameClose, 0));
        }

        if (j + 1 < line.Length && (line[j] == '\t' || line[j + 1] == ' ') && last is not ((byte)'.' or (byte)',' or (byte)'='))
        {
            return new HeaderAnchor(AnchorKind.NamePadded, i, j, next, 0, Key(AnchorKind.NamePadded, 0));
        }

        return ByteClass.IsLetter(b) && ByteClass.IsWord(last) && word.IndexOfAny((byte)'.', (byte)'$') > 0 && word.IndexOfAny((byte)'=', (byte)'/', (byte)'(') < 0
            ? new HeaderAnchor(AnchorKind.NameDotted, i, j, next, 0, Key(AnchorKind.NameDotted, 0))
            : new HeaderAnchor(AnchorKind.Name, i, j, next, 0, 0);
    }

    private static bool IsNumber(ReadOnlySpan<byte> word)
    {
        if (word.Length > 2 && word[0] == '0' && word[1] == 'x' && word.Length < 19)
        {
            return true;
        }

        foreach (var b in word)
        {
            if (!ByteClass.IsDigit(b))
            {
                return false;
            }
        }

        return true;
    }

    // A name with a bracket in it may have spaces there: comp[a b]: goes on to the end of the token that closes it.
    private static int Balanced(ReadOnlySpan<byte> line, int open, int end)
    {
        var depth = 0;
        for (var k = open; k < line.Length && k < open + 200; k++)
        {
            var b = line[k];
            depth += b is (byte)'[' or (byte)'(' ? 1 : b is (byte)']' or (byte)')' ? -1 : 0;
            if (depth == 0 && k >= end - 1)
            {
                var rest = line[(k + 1)..].IndexOfAny(TokenEnds);
                return rest < 0 ? line.Length : k + 1 + rest;
            }

            if (depth <= 0 && b is (byte)' ' or (byte)'\t')
            {
                return k;
            }
        }

        return end;
    }

    private static bool LevelOf(ReadOnlySpan<byte> word, out int end)
    {
        end = word.Length;
        if (word.Length > 12 && word.IndexOf((byte)':') is < 0 or > 11)
        {
            return false;
        }

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
