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
        var count = TryFirst(line, ref anchors[0], out ticks) ? 1 : 0;
        while (count is > 0 and < AnchorsMax && anchors[count - 1].Kind != AnchorKind.NameColon
            && TryNext(line, anchors[count - 1].Next, anchors[count - 1].Kind, AnchorKinds.All, ref anchors[count], ref ticks))
        {
            count++;
        }

        return count;
    }

    /// <summary>The first anchor of a line: a timestamp among its first tokens, or a level at its start.</summary>
    internal static bool TryFirst(ReadOnlySpan<byte> line, ref HeaderAnchor anchor, out long ticks)
    {
        ticks = 0;
        if (line.Length == 0 || line[0] is (byte)' ' or (byte)'\t')
        {
            return false;
        }

        line = Head(line);
        Step(line, 0, AnchorKinds.All, ref anchor, out ticks);
        if (anchor.Kind is AnchorKind.Time or AnchorKind.Level)
        {
            return true;
        }

        var i = anchor.Next;
        for (var names = 1; names <= NamesBeforeTimeMax && i < line.Length; names++)
        {
            if (TryTime(line, i, ref anchor, out ticks))
            {
                anchor.Free = names;
                anchor.Key |= (uint)names << 24;
                return true;
            }

            i = SkipToken(line, i);
        }

        ticks = 0;
        return false;
    }

    /// <summary>The next anchor after one whose <see cref="HeaderAnchor.Next"/> is <paramref name="i"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="i">Where to look.</param>
    /// <param name="previous">Kind of the anchor before.</param>
    /// <param name="expected">Kinds that can be columns here; tokens of other kinds are names.</param>
    /// <param name="found">Where the anchor is put; anything may be left there when there is none.</param>
    /// <param name="ticks">Set when it is a timestamp.</param>
    internal static bool TryNext(ReadOnlySpan<byte> line, int i, AnchorKind previous, uint expected, ref HeaderAnchor found, ref long ticks)
    {
        line = Head(line);
        var have = false;
        var times = previous == AnchorKind.Time && (expected & AnchorKinds.Time) != 0;
        var freeMax = FreeMax(previous, expected);
        for (var free = 0; free <= freeMax && i < line.Length; free++)
        {
            if (times && free <= 2 && TryTime(line, i, ref found, out var at))
            {
                ticks = at;
                found.Free = free;
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

            Step(line, i, expected & ~AnchorKinds.Time, ref found, out _);
            if (AnchorKinds.Has(expected, found.Kind) && free <= Reach(found.Kind, previous))
            {
                found.Free = free;
                have = true;
                if (!times || free >= 2)
                {
                    return true;
                }
            }

            i = found.Next;
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

    // Leaves the anchor as it is where there is no timestamp.
    private static bool TryTime(ReadOnlySpan<byte> line, int i, ref HeaderAnchor anchor, out long ticks)
    {
        var b = line[i];
        if (b == '[' || ByteClass.IsDigit(b) || b is >= (byte)'A' and <= (byte)'W')
        {
            if (b == '[')
            {
                if (i + 8 < line.Length && (ByteClass.IsDigit(line[i + 1]) || line[i + 1] is >= (byte)'A' and <= (byte)'W'))
                {
                    HeaderAnchor bracketed = default;
                    Step(line, i, AnchorKinds.Time, ref bracketed, out ticks);
                    if (bracketed.Kind == AnchorKind.Time)
                    {
                        anchor = bracketed;
                        return true;
                    }
                }
            }
            else if (TimestampScanner.TryScan(line[i..], out var length, out var format, out ticks))
            {
                var after = i + length;
                if (EndsTime(line, after))
                {
                    anchor.Set(AnchorKind.Time, i, after, Next(line, after), (uint)format << 8);
                    return true;
                }
            }
        }

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
    private static void Step(ReadOnlySpan<byte> line, int i, uint expected, ref HeaderAnchor anchor, out long ticks)
    {
        ticks = 0;
        var b = line[i];
        if (b is (byte)'[' or (byte)'(' or (byte)'<')
        {
            var close = Close(line, i);
            if (close > i + 1)
            {
                Bracketed(line, i, close, expected, ref anchor, ref ticks);
                return;
            }
        }

        if ((expected & AnchorKinds.Time) != 0 && TimestampScanner.TryScan(line[i..], out var length, out var format, out ticks))
        {
            var after = i + length;
            if (EndsTime(line, after))
            {
                anchor.Set(AnchorKind.Time, i, after, Next(line, after), (uint)format << 8);
                return;
            }
        }

        Plain(line, i, (expected & AnchorKinds.Level) != 0, ref anchor);
    }

    private static void Bracketed(ReadOnlySpan<byte> line, int i, int close, uint expected, ref HeaderAnchor anchor, ref long ticks)
    {
        var inner = line[(i + 1)..close];
        var after = close + 1;
        var flag = 0x10000u | ((uint)line[i] << 17);
        if ((expected & AnchorKinds.Time) != 0 && TimestampScanner.TryScan(inner, out var length, out var format, out ticks) && length == inner.Length)
        {
            anchor.Set(AnchorKind.Time, i + 1, close, Next(line, after), flag | ((uint)format << 8));
            return;
        }

        ticks = 0;
        if (after < line.Length && line[after] == ':')
        {
            anchor.Set(AnchorKind.NameColon, i + 1, close, Next(line, after), 0);
            return;
        }

        if ((expected & AnchorKinds.Level) != 0 && inner.Length <= 16 && SeverityWords.Read(inner.Trim((byte)' ')) != Severity.None)
        {
            anchor.Set(AnchorKind.Level, i + 1, close, Next(line, after), 0);
            return;
        }

        // Text glued to the bracket makes it part of a name: [main]Foo
        if (after >= line.Length || line[after] is (byte)' ' or (byte)'\t' or (byte)'[' or (byte)'|' or (byte)'-')
        {
            anchor.Set(AnchorKind.Bracket, i + 1, close, Next(line, after), (uint)line[i] << 17);
            return;
        }

        anchor.Set(AnchorKind.Name, i, close, Next(line, after), 0);
    }

    private static void Plain(ReadOnlySpan<byte> line, int i, bool levels, ref HeaderAnchor anchor)
    {
        var length = line[i..].IndexOfAny(TokenEnds);
        var j = length < 0 ? line.Length : i + length;
        if (j == i)
        {
            // A separator standing alone.
            anchor.Set(AnchorKind.Dash, i, i + 1, Next(line, i + 1), (uint)line[i] << 8);
            return;
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
                anchor.Set(kind, i, j, next, 0);
                return;
            }
        }
        else if (ByteClass.IsLetter(b))
        {
            if (levels && LevelOf(word, out var levelEnd))
            {
                // LEVEL:name:text and LEVEL: text both end the level at its colon.
                var end = i + levelEnd;
                anchor.Set(AnchorKind.Level, i, end, end + 1 < j ? end + 1 : next, Caps(word[..levelEnd]));
                return;
            }
        }
        else if (b is (byte)'-' or (byte)':' && word.Length <= 3 && word.IndexOfAnyExcept((byte)'-', (byte)':') < 0)
        {
            anchor.Set(AnchorKind.Dash, i, j, next, (uint)b << 8);
            return;
        }

        if (piped)
        {
            anchor.Set(AnchorKind.Pipe, i, j, next, 0);
            return;
        }

        if (last == ':')
        {
            var named = word.Length > 1 && word.ContainsAnyInRange((byte)'0', (byte)'z');
            anchor.Set(named ? AnchorKind.NameColon : AnchorKind.Name, i, named ? j - 1 : j, next, 0);
            return;
        }

        if (last == ']' && open < 0)
        {
            anchor.Set(AnchorKind.NameClose, i, j - 1, next, 0);
            return;
        }

        if (j + 1 < line.Length && (line[j] == '\t' || line[j + 1] == ' ') && last is not ((byte)'.' or (byte)',' or (byte)'='))
        {
            anchor.Set(AnchorKind.NamePadded, i, j, next, 0);
            return;
        }

        var dotted = ByteClass.IsLetter(b) && ByteClass.IsWord(last) && word.IndexOfAny((byte)'.', (byte)'$') > 0 && word.IndexOfAny((byte)'=', (byte)'/', (byte)'(') < 0;
        anchor.Set(dotted ? AnchorKind.NameDotted : AnchorKind.Name, i, j, next, 0);
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
        var first = line[(i + 1)..Math.Min(line.Length, i + 300)].IndexOfAny(open, close);
        if (first < 0 || line[i + 1 + first] == close)
        {
            return first < 0 ? -1 : i + 1 + first;
        }

        var depth = 1;
        for (var j = i + 1 + first; j < line.Length && j < i + 300; j++)
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
