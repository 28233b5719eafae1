using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Reads key=value pairs where a line is nothing else and one of the keys is a message, a level or a time.</summary>
internal static class LogfmtLine
{
    private const int PairsMax = 200;
    private const int KeyBytesMax = 64;

    /// <summary>Quick look: does the line start with key= ?</summary>
    internal static bool MayBe(ReadOnlySpan<byte> line)
    {
        var i = line[..Math.Min(line.Length, KeyBytesMax + 1)].IndexOf((byte)'=');
        return i > 0 && KeyEnd(line, 0) == i;
    }

    internal static bool TryRead(ReadOnlySpan<byte> line, ByteMap map, Span<Token> slots, MissingYear years, ref LineFields fields)
    {
        fields = new LineFields { Layout = Mix.Add(Mix.Seed, 'L'), Format = LineFormat.Logfmt };
        int count = 0, pairs = 0, known = 0, i = 0;
        var message = false;
        while (i < line.Length)
        {
            if (line[i] == ' ')
            {
                i++;
                continue;
            }

            var keyEnd = KeyEnd(line, i);
            if (keyEnd == i || keyEnd >= line.Length || line[keyEnd] != '=' || ++pairs > PairsMax)
            {
                return false;
            }

            var role = FieldNames.Role(line[i..keyEnd]);
            known += role == FieldRole.Other ? 0 : 1;
            if (!TryValue(line, keyEnd + 1, out var from, out var to, out i))
            {
                return false;
            }

            if (role == FieldRole.Message && !message)
            {
                message = true;
                (fields.MessageFrom, fields.MessageTo) = (from, to);
                count = MessageTokenizer.Tokenize(line, map, from, to, slots, count, words: false);
            }
            else
            {
                slots[count++] = new Token(from, to - from, JsonLine.Value(line, from, to, role, years, ref fields));
            }
        }

        fields.Slots = count;
        return message && pairs >= 2 && known >= 2;
    }

    private static bool TryValue(ReadOnlySpan<byte> line, int i, out int from, out int to, out int next)
    {
        from = to = next = i;
        if (i < line.Length && line[i] == '"')
        {
            for (var j = i + 1; j < line.Length; j++)
            {
                if (line[j] == '\\')
                {
                    j++;
                }
                else if (line[j] == '"')
                {
                    (from, to, next) = (i + 1, j, j + 1);
                    return next == line.Length || line[next] == ' ';
                }
            }

            return false;
        }

        var space = line[i..].IndexOf((byte)' ');
        to = next = space < 0 ? line.Length : i + space;
        return true;
    }

    private static int KeyEnd(ReadOnlySpan<byte> line, int i)
    {
        var end = Math.Min(line.Length, i + KeyBytesMax);
        while (i < end && (ByteClass.IsWord(line[i]) || line[i] is (byte)'.' or (byte)'-' or (byte)'@' or (byte)'/'))
        {
            i++;
        }

        return i;
    }
}
