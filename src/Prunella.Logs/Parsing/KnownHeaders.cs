using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

// Finding the columns of a header and cutting it into tokens is 350 ns of a line's 700. Nearly every header came before but for its
// figures: 15 ns to hash its bytes with all figures as 0, 10 ns to find what is known of it, 35 ns to read its timestamp.

/// <summary>
/// Headers seen before, by their bytes with all figures as 0. Only headers are kept of which everything but the timestamp is the same
/// whatever the figures are, so that the answer is always that of <see cref="LayoutLearner"/> and <see cref="HeaderScanner"/>.
/// </summary>
internal sealed class KnownHeaders
{
    private const int StartBytes = 16;
    private const int HeaderBytesMax = 64 * ByteMap.SpaceRows;
    private const int Sets = 1024, Ways = 4;
    private const int Starts = 256, SpacesMax = 8;

    // Headers that never come again cost their look-up, and one in eight its place.
    private const int AddEvery = 8;

    private readonly ulong[] keys = new ulong[Sets * Ways];
    private readonly KnownHeader?[] headers = new KnownHeader?[Sets * Ways];

    // How many spaces the headers have that start with the same sixteen bytes: where to look for their end.
    private readonly ulong[] starts = new ulong[Starts];
    private readonly byte[] spaces = new byte[Starts * SpacesMax];
    private int misses;

    /// <summary>The header that a line starts with, if it is known.</summary>
    internal KnownHeader? Find(ReadOnlySpan<byte> line, ByteMap map, int version)
    {
        if (line.Length <= StartBytes)
        {
            return null;
        }

        var start = Hash(line, StartBytes);
        var at = (int)start & (Starts - 1);
        if (starts[at] != start)
        {
            return null;
        }

        var counts = spaces.AsSpan(at * SpacesMax, SpacesMax);
        for (var n = 0; n < counts.Length && counts[n] != 0; n++)
        {
            var end = map.Space(counts[n]) + 1;
            if (end <= 0 || end >= line.Length || IsSeparator(line[end]) || Find(Hash(line, end), version) is not { } header)
            {
                continue;
            }

            if (n > 0)
            {
                // What is frequent comes to the front.
                (counts[n - 1], counts[n]) = (counts[n], counts[n - 1]);
            }

            return header;
        }

        return null;
    }

    /// <summary>Keeps what was found in a header, where it does not hang on its figures. Not every one: see <see cref="AddEvery"/>.</summary>
    internal void Add(ReadOnlySpan<byte> line, ReadOnlySpan<HeaderAnchor> anchors, in LineFields fields, ReadOnlySpan<Token> tokens, int version)
    {
        Span<byte> timeLike = stackalloc byte[KnownHeader.TimeLikeMax];
        if (misses++ % AddEvery != 0 || tokens.Length > KnownHeader.TokensMax || !Holds(line, fields.MessageFrom, anchors) || !TryTimeLike(line, fields.MessageFrom, anchors, tokens, ref timeLike))
        {
            return;
        }

        var header = line[..fields.MessageFrom];
        var start = Hash(line, StartBytes);
        var at = (int)start & (Starts - 1);
        var counts = spaces.AsSpan(at * SpacesMax, SpacesMax);
        if (starts[at] != start)
        {
            starts[at] = start;
            counts.Clear();
        }

        var count = (byte)header.Count((byte)' ');
        if (!counts.Contains(count))
        {
            var free = counts.IndexOf((byte)0);
            counts[free < 0 ? SpacesMax - 1 : free] = count;
        }

        var key = Hash(line, header.Length);
        var set = SetOf(key);
        var place = set + (misses / AddEvery % Ways);
        for (var n = set; n < set + Ways; n++)
        {
            if (keys[n] == key || headers[n] is null)
            {
                place = n;
                break;
            }
        }

        keys[place] = key;
        (headers[place] ??= new KnownHeader()).Set(version, fields, tokens, anchors[0], TimeOf(anchors), timeLike);
    }

    private KnownHeader? Find(ulong key, int version)
    {
        var set = SetOf(key);
        for (var n = set; n < set + Ways; n++)
        {
            if (keys[n] == key)
            {
                return headers[n] is { } header && header.Version == version ? header : null;
            }
        }

        return null;
    }

    private static HeaderAnchor TimeOf(ReadOnlySpan<HeaderAnchor> anchors)
    {
        foreach (ref readonly var anchor in anchors)
        {
            if (anchor.Kind == AnchorKind.Time)
            {
                return anchor;
            }
        }

        return default;
    }

    // Whether nothing behind the header was looked at, and no level is a number.
    private static bool Holds(ReadOnlySpan<byte> line, int end, ReadOnlySpan<HeaderAnchor> anchors)
    {
        if (end is <= StartBytes or > HeaderBytesMax || end >= line.Length || line[end - 1] != ' ' || IsSeparator(line[end]) || line[0] is (byte)'{' or (byte)'<')
        {
            return false;
        }

        var times = 0;
        foreach (ref readonly var anchor in anchors)
        {
            times += anchor.Kind == AnchorKind.Time ? 1 : 0;
        }

        var header = line[..end];
        return times == 1 && !LogfmtLine.MayBe(line) && Closes(header, '[', ']') && Closes(header, '(', ')') && Closes(header, '<', '>');
    }

    // A bracket that the header leaves open is looked for in the message.
    private static bool Closes(ReadOnlySpan<byte> header, char open, char close)
    {
        var depth = 0;
        foreach (var b in header)
        {
            depth += b == open ? 1 : b == close ? -1 : 0;
            if (depth < 0)
            {
                return false;
            }
        }

        return depth == 0;
    }

    // Where other figures could be a timestamp: at the start of a column or a token. False when there are too many, or one is it already.
    private static bool TryTimeLike(ReadOnlySpan<byte> line, int end, ReadOnlySpan<HeaderAnchor> anchors, ReadOnlySpan<Token> tokens, ref Span<byte> found)
    {
        var time = TimeOf(anchors);
        var count = 0;
        for (var at = 0; at < end; at++)
        {
            if (at >= time.Start && at < time.End)
            {
                at = time.End - 1;
                continue;
            }

            var from = at;
            while (at < end && ByteClass.IsDigit(line[at]))
            {
                at++;
            }

            if (at == from)
            {
                continue;
            }

            // After a single letter it may be a level with month and day. 0x starts a number that 1x does not.
            var lettered = from > 0 && ByteClass.IsLetter(line[from - 1]) && at - from == 4 && line[at] == ' ';
            if (at - from == 1 && (line[at] | 0x20) == 'x')
            {
                return false;
            }

            if (!lettered && !(IsTimeLike(at - from, line[at]) && MayStart(line, from, anchors, tokens)))
            {
                continue;
            }

            from -= lettered ? 1 : 0;
            if (count == found.Length || TimestampScanner.TryScan(line[from..], out _, out _, out _))
            {
                return false;
            }

            found[count++] = (byte)from;
        }

        found = found[..count];
        return true;
    }

    private static bool IsTimeLike(int figures, byte next) => figures switch
    {
        1 => next == '/',
        2 => next is (byte)'/' or (byte)'-' or (byte)'.' or (byte)':',
        4 => next is (byte)'/' or (byte)'-' or (byte)'.',
        6 => next == ' ',
        8 => next is (byte)'-' or (byte)' ' or (byte)'T',
        _ => figures >= 9,
    };

    // Columns start behind spaces and in brackets, tokens where they do; items of a list were joined and may start behind each comma.
    private static bool MayStart(ReadOnlySpan<byte> line, int at, ReadOnlySpan<HeaderAnchor> anchors, ReadOnlySpan<Token> tokens)
    {
        if (at == 0 || line[at - 1] is (byte)' ' or (byte)'\t' or (byte)'|' or (byte)'[' or (byte)'(' or (byte)'<' or (byte)',')
        {
            return true;
        }

        if (line[at - 1] is (byte)':' or (byte)';' && (at == 1 || !ByteClass.IsWord(line[at - 2])))
        {
            return true;
        }

        foreach (ref readonly var anchor in anchors)
        {
            if (anchor.End == at - 1 || anchor.End == at)
            {
                return true;
            }
        }

        foreach (ref readonly var token in tokens)
        {
            if (token.Start == at)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSeparator(byte b) => b is (byte)' ' or (byte)'\t' or (byte)',' or (byte)'|' or (byte)':' or (byte)';';

    private static int SetOf(ulong key) => (int)(key >> 40) % Sets * Ways;

    // At least sixteen bytes: the last sixteen are hashed whole, whatever of them was before.
    private static ulong Hash(ReadOnlySpan<byte> line, int length)
    {
        ref var p = ref MemoryMarshal.GetReference(line);
        var hash = Mix.Seed + (ulong)length;
        for (var at = 0; at + StartBytes < length; at += StartBytes)
        {
            hash = Mix.Block(hash, WithoutFigures(Vector128.LoadUnsafe(ref p, (nuint)at)));
        }

        return Mix.Block(hash, WithoutFigures(Vector128.LoadUnsafe(ref p, (nuint)(length - StartBytes)))) | 1;
    }

    private static Vector128<byte> WithoutFigures(Vector128<byte> bytes)
    {
        var zero = Vector128.Create((byte)'0');
        return Vector128.ConditionalSelect(Vector128.LessThanOrEqual(bytes - zero, Vector128.Create((byte)9)), zero, bytes);
    }
}
