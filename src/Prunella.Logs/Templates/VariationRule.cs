namespace Prunella.Logs.Templates;

/// <summary>
/// Decides whether words that differ at one place, all else equal, are values. Few distinct words there may be alternatives of the
/// message (started, stopped); many are values; how many is many depends on what the words look like and what stands before them.
/// </summary>
internal sealed class VariationRule(WordContexts contexts)
{
    internal enum Look { Plain, Capitalised, Constant, Name, Id }

    internal bool Varies(List<MergedForm> forms, int p, int q)
    {
        var literals = LiteralWords(forms[0], p, q);
        if (q >= 0)
        {
            return literals >= 2 && VariesAt(forms, p, literals, joint: true) && VariesAt(forms, q, literals, joint: true);
        }

        return VariesAt(forms, p, literals, joint: false);
    }

    private bool VariesAt(List<MergedForm> forms, int p, int literals, bool joint)
    {
        var distinct = new HashSet<ulong>();
        int ids = 0, names = 0, plain = 0, capitals = 0, constants = 0, elsewhere = 0;
        var values = false;
        foreach (var form in forms)
        {
            var word = form.Words[p];
            if (word == 0)
            {
                values = true;
                continue;
            }

            if (!distinct.Add(word))
            {
                continue;
            }

            var skeleton = form.Members[0];
            switch (LookOf(skeleton.Word(p)))
            {
                case Look.Id: ids++; break;
                case Look.Name: names++; break;
                case Look.Capitalised: capitals++; break;
                case Look.Constant: constants++; break;
                default: plain++; break;
            }

            if (contexts.Count(skeleton.Layout, word) > 2)
            {
                elsewhere++;
            }
        }

        var count = distinct.Count;
        var head = forms[0].Members[0];
        var (afterEquals, quoted) = Before(head, p);
        var hinted = Hinted(head, forms[0], p);
        if (values)
        {
            // Some lines have a number, an address or an identifier here: the words are values too, if anything else identifies the message.
            return !joint && literals >= 1 && (ids + names + plain >= constants + capitals || hinted || afterEquals || literals >= 3);
        }

        if (count < 2 || (literals == 0 && count < 20))
        {
            return false;
        }

        double need;
        if (ids > count / 2)
        {
            need = 2;
        }
        else if (ids + names > count / 2)
        {
            need = joint ? 4 : 3;
        }
        else if (plain >= capitals + constants)
        {
            need = 5;
        }
        else
        {
            need = constants > capitals ? 8 : 6;
        }

        if (joint && ids + names <= count / 2)
        {
            return false;
        }

        if (afterEquals)
        {
            need = Math.Min(need, constants > count / 2 ? 4 : 2);
        }
        else if (hinted)
        {
            need = Math.Min(need, constants > count / 2 ? 3 : 2);
        }
        else if (quoted && constants <= count / 2)
        {
            need = Math.Min(need, 3);
        }
        else if (elsewhere * 2 > count && ids + names <= count / 2)
        {
            need *= 2;
        }

        if (p == 0 && ids <= count / 2 && !hinted)
        {
            // The first word is the subject or the verb; with little else in the message it is nearly all that tells it apart.
            need += literals <= 2 ? 5 : 2;
        }

        return count >= need;
    }

    private static int LiteralWords(MergedForm form, int p, int q)
    {
        var literals = 0;
        var head = form.Members[0];
        for (var t = 0; t < form.Words.Length; t++)
        {
            if (t != p && t != q && form.Words[t] != 0 && head.Tokens[t].Length >= 2)
            {
                literals++;
            }
        }

        return literals;
    }

    private static (bool AfterEquals, bool Quoted) Before(Skeleton skeleton, int p)
    {
        var start = skeleton.Tokens[p].Start;
        if (start == 0)
        {
            return default;
        }

        var b = skeleton.Message[start - 1];
        return (b == '=', b is (byte)'\'' or (byte)'"' or (byte)'<' or (byte)'[');
    }

    // "user bob", "host web": the word before says what kind of value follows.
    private static bool Hinted(Skeleton skeleton, MergedForm form, int p)
    {
        if (p == 0 || form.Words[p - 1] == 0)
        {
            return false;
        }

        var gap = skeleton.Tokens[p].Start - skeleton.Tokens[p - 1].End;
        return gap <= 2 && Hints.Contains(skeleton.Word(p - 1));
    }

    internal static Look LookOf(ReadOnlySpan<byte> word)
    {
        if (word.Length == 0)
        {
            return Look.Id;
        }

        bool digit = false, lower = false, inner = false, upperInside = false;
        for (var i = 0; i < word.Length; i++)
        {
            var b = word[i];
            digit |= ByteClass.IsDigit(b);
            lower |= b is >= (byte)'a' and <= (byte)'z';
            inner |= b is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'/' or (byte)'\\' or (byte)'$' or (byte)'@' or (byte)':';
            upperInside |= i > 0 && b is >= (byte)'A' and <= (byte)'Z';
        }

        if (digit)
        {
            return Look.Id;
        }

        if (!lower)
        {
            return Look.Constant;
        }

        return inner || upperInside ? Look.Name : word[0] is >= (byte)'A' and <= (byte)'Z' ? Look.Capitalised : Look.Plain;
    }
}
