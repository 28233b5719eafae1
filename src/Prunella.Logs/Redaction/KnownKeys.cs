using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>Tokens that say what they are: JSON web tokens, bearer tokens, keys of cloud and code hosting vendors, PEM blocks.</summary>
internal static class KnownKeys
{
    // Prefix, and the fewest characters that follow it.
    private static readonly (byte[] Prefix, int Least)[] Shapes =
    [
        .. ((ReadOnlySpan<(string, int)>)
        [
            ("AKIA", 16), ("ASIA", 16), ("AIza", 35), ("ghp_", 36), ("gho_", 36), ("ghu_", 36), ("ghs_", 36), ("ghr_", 36), ("github_pat_", 22), ("glpat-", 20),
            ("sk_live_", 16), ("sk_test_", 16), ("rk_live_", 16), ("pk_live_", 16), ("whsec_", 16), ("sk-", 20), ("xoxb-", 10), ("xoxp-", 10), ("xoxa-", 10), ("xoxs-", 10), ("xapp-", 10),
            ("npm_", 36), ("dop_v1_", 64), ("SG.", 22), ("hvs.", 24), ("ya29.", 20), ("EAACEdEose0cBA", 10), ("pypi-", 16), ("shpat_", 32), ("AGE-SECRET-KEY-", 20),
        ]).ToArray().Select(static s => (System.Text.Encoding.ASCII.GetBytes(s.Item1), s.Item2)),
    ];

    private static readonly System.Buffers.SearchValues<byte> FirstBytes = System.Buffers.SearchValues.Create([.. Shapes.Select(static s => s.Prefix[0]), (byte)'e']);

    /// <summary>Quick look: true for a text that starts as one of the known tokens does.</summary>
    internal static bool HasPrefix(ReadOnlySpan<byte> text)
    {
        if (text.Length < 8 || !FirstBytes.Contains(text[0]))
        {
            return false;
        }

        foreach (var (prefix, _) in Shapes)
        {
            if (text[0] == prefix[0] && text.StartsWith(prefix))
            {
                return true;
            }
        }

        return text.StartsWith("eyJ"u8);
    }

    internal static bool TryScan(ReadOnlySpan<byte> text, int i, int to, SensitiveKinds kinds, out int end, out SensitiveKinds kind)
    {
        end = i;
        kind = SensitiveKinds.None;
        var rest = text[i..to];
        if ((kinds & SensitiveKinds.Jwt) != 0 && rest.StartsWith("eyJ"u8) && JwtEnd(rest) is var jwt && jwt > 0)
        {
            (end, kind) = (i + jwt, SensitiveKinds.Jwt);
            return true;
        }

        if ((kinds & SensitiveKinds.Key) == 0 || !HasPrefix(rest))
        {
            return false;
        }

        foreach (var (prefix, least) in Shapes)
        {
            if (rest[0] == prefix[0] && rest.StartsWith(prefix))
            {
                var length = TokenLength(rest[prefix.Length..]);
                if (length >= least && HasDigitOrCapital(rest.Slice(prefix.Length, length)))
                {
                    (end, kind) = (i + prefix.Length + length, SensitiveKinds.Key);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>End of a PEM private key that starts at <paramref name="i"/>: its closing line, or the end of the text; or -1.</summary>
    internal static int PrivateKeyEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        var rest = text[i..to];
        if (!rest.StartsWith("-----BEGIN "u8))
        {
            return -1;
        }

        var head = rest[..Math.Min(rest.Length, 60)].IndexOf("PRIVATE KEY"u8);
        if (head < 0)
        {
            return -1;
        }

        var close = rest.IndexOf("-----END "u8);
        var closed = close < 0 ? -1 : rest[(close + 9)..].IndexOf("-----"u8);
        return closed < 0 ? to : i + close + 9 + closed + 5;
    }

    // Three parts of base64url joined by dots; the third may be empty.
    private static int JwtEnd(ReadOnlySpan<byte> text)
    {
        var first = TokenLength(text, dots: false);
        if (first < 10 || first >= text.Length || text[first] != '.')
        {
            return -1;
        }

        var second = TokenLength(text[(first + 1)..], dots: false);
        var at = first + 1 + second;
        if (second < 4 || at >= text.Length || text[at] != '.')
        {
            return -1;
        }

        return at + 1 + TokenLength(text[(at + 1)..], dots: false);
    }

    private static int TokenLength(ReadOnlySpan<byte> text, bool dots = true)
    {
        var i = 0;
        while (i < text.Length && (IsDigit(text[i]) || IsLetter(text[i]) || text[i] is (byte)'_' or (byte)'-' || (dots && text[i] == '.' && i + 1 < text.Length && IsWord(text[i + 1]))))
        {
            i++;
        }

        return i;
    }

    private static bool HasDigitOrCapital(ReadOnlySpan<byte> text) => text.ContainsAnyInRange((byte)'0', (byte)'9') || text.ContainsAnyInRange((byte)'A', (byte)'Z');
}
