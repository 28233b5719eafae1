using System.Text;

namespace Prunella.Logs.Templates;

/// <summary>Writes the template text of a skeleton whose variable tokens are known.</summary>
internal static class SkeletonText
{
    /// <param name="skeleton">Gives words and gaps.</param>
    /// <param name="samples">For each token, what its values share, or null where the word is constant.</param>
    internal static string Render(Skeleton skeleton, ReadOnlySpan<SlotSample?> samples)
    {
        var message = skeleton.Message;
        var tokens = skeleton.Tokens;
        var text = new StringBuilder(message.Length + 16);
        var at = 0;
        var unitsVary = UnitsVary(tokens, samples);
        for (var t = 0; t < tokens.Length; t++)
        {
            var token = tokens[t];
            var gap = Encoding.UTF8.GetString(message, at, token.Start - at);
            at = token.End;
            if (samples[t] is not { } sample)
            {
                text.Append(gap).Append(Encoding.UTF8.GetString(skeleton.Word(t)));
                continue;
            }

            if (token.Kind == SlotKind.Unit)
            {
                // Units that vary in a message are part of their numbers; units that never do are words.
                _ = unitsVary ? text : text.Append(gap).Append(Encoding.UTF8.GetString(skeleton.Word(t)));
                continue;
            }

            text.Append(gap).Append(ConstantStart(sample, token.Kind)).Append(TemplateText.Variable);
        }

        text.Append(Encoding.UTF8.GetString(message, at, message.Length - at));
        return TemplateText.Normalize(text.ToString());
    }

    private static bool UnitsVary(Token[] tokens, ReadOnlySpan<SlotSample?> samples)
    {
        for (var t = 0; t < tokens.Length; t++)
        {
            if (tokens[t].Kind == SlotKind.Unit && samples[t] is { Varies: true })
            {
                return true;
            }
        }

        return false;
    }

    // jetty-6.1.26 is jetty-<*>: one word, a joint, and then nothing but figures. Names of several parts, such as hosts, vary whole.
    // What all values share up to a dot stays when it is a name of its own: org.apache.hadoop.<*>.
    private static string ConstantStart(SlotSample sample, SlotKind kind)
    {
        if (kind is SlotKind.Path or SlotKind.Url or SlotKind.Time or SlotKind.Number or SlotKind.Flag or SlotKind.Text or SlotKind.Uuid)
        {
            return "";
        }

        var prefix = sample.Prefix;
        if (kind == SlotKind.Word)
        {
            var dot = prefix.LastIndexOf((byte)'.');
            return dot > 0 && LettersOnly(prefix[..dot]) ? Encoding.UTF8.GetString(prefix[..(dot + 1)]) : "";
        }

        var joint = prefix.IndexOfAny((byte)'-', (byte)'.');
        if (joint < 2 || !LettersOnly(prefix[..joint]))
        {
            return "";
        }

        var rest = sample.First[(joint + 1)..];
        return FiguresOnly(rest) || UpperOnly(prefix[..joint]) ? Encoding.UTF8.GetString(prefix[..(joint + 1)]) : "";
    }

    private static bool FiguresOnly(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!ByteClass.IsDigit(b) && b is not ((byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool UpperOnly(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;

    private static bool LettersOnly(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!ByteClass.IsLetter(b) && b != '.')
            {
                return false;
            }
        }

        return text.Length >= 2;
    }
}
