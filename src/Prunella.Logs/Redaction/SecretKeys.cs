using static Prunella.Logs.Templates.ByteClass;

namespace Prunella.Logs.Redaction;

/// <summary>Names whose value is a secret: password=…, "token": "…", Authorization: Bearer ….</summary>
internal static class SecretKeys
{
    private static readonly string[] Names =
    [
        "password", "passwd", "pwd", "passphrase", "secret", "client_secret", "clientsecret", "api_key", "apikey", "api-key", "access_key", "accesskey", "secret_key", "secretkey",
        "access_token", "accesstoken", "refresh_token", "auth_token", "authtoken", "id_token", "private_key", "aws_secret_access_key", "aws_session_token", "x-api-key", "connection_string", "sessionid", "session_token", "cookie", "set-cookie", "token", "otp", "pin",
    ];

    private static readonly string[] Users = ["user_id", "userid", "user-id", "uid", "user", "username", "login", "account_id", "customer_id"];

    private static readonly HashSet<ulong> NameHashes = Hashes(Names);
    private static readonly HashSet<ulong> UserHashes = Hashes(Users);

    /// <summary>The kind of value that the name at <paramref name="i"/> announces, whatever follows it.</summary>
    internal static SensitiveKinds NameAt(ReadOnlySpan<byte> text, int i, int to, SensitiveKinds kinds, out int end)
    {
        end = i;
        while (end < to && end - i < 32 && (IsWord(text[end]) || text[end] is (byte)'-'))
        {
            end++;
        }

        if (end - i is < 3 or >= 32)
        {
            return SensitiveKinds.None;
        }

        Span<byte> lower = stackalloc byte[32];
        for (var k = i; k < end; k++)
        {
            lower[k - i] = text[k] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[k] | 0x20) : text[k];
        }

        var name = lower[..(end - i)];
        if ((kinds & SensitiveKinds.Key) != 0 && (name.SequenceEqual("bearer"u8) || name.SequenceEqual("basic"u8)))
        {
            return SensitiveKinds.Key;
        }

        var hash = Templates.Mix.Bytes(name);
        return (kinds & SensitiveKinds.Secret) != 0 && NameHashes.Contains(hash) ? SensitiveKinds.Secret
            : (kinds & SensitiveKinds.UserId) != 0 && UserHashes.Contains(hash) ? SensitiveKinds.UserId : SensitiveKinds.None;
    }

    /// <summary>What the name at <paramref name="i"/> says of its value, and where that starts.</summary>
    internal static SensitiveKinds KeyAt(ReadOnlySpan<byte> text, int i, int to, SensitiveKinds kinds, out int valueAt)
    {
        valueAt = i;
        var kind = NameAt(text, i, to, kinds, out var end);
        if (kind == SensitiveKinds.None)
        {
            return kind;
        }

        if (kind == SensitiveKinds.Key)
        {
            // Bearer eyJ…: long enough, and not a word of prose.
            valueAt = end + 1;
            return end < to && text[end] == ' ' && ValueEnd(text, valueAt, to) - valueAt >= 8 && text[valueAt..ValueEnd(text, valueAt, to)].ContainsAnyInRange((byte)'0', (byte)'9')
                ? kind : SensitiveKinds.None;
        }

        // name=value, name: value, "name":"value"
        var j = end;
        j += j < to && text[j] is (byte)'"' or (byte)'\'' ? 1 : 0;
        j += j < to && text[j] == ' ' && j + 1 < to && text[j + 1] is (byte)'=' ? 1 : 0;
        if (j >= to || text[j] is not ((byte)'=' or (byte)':'))
        {
            return SensitiveKinds.None;
        }

        var colon = text[j] == ':';
        j++;
        while (j < to && text[j] == ' ')
        {
            j++;
        }

        j += j < to && text[j] is (byte)'"' or (byte)'\'' ? 1 : 0;
        valueAt = j;
        if (j >= to)
        {
            return SensitiveKinds.None;
        }

        // "token: Bearer x" is the bearer's; "password: required field" and the like are prose, unless it looks like a value.
        // token=Token{…} is an object's own description.
        var value = text[j..ValueEnd(text, j, to)];
        return value.Contains((byte)'{') ? SensitiveKinds.None : colon && kind == SensitiveKinds.Secret && text[j - 1] == ' ' && IsProse(value) ? SensitiveKinds.None : kind;
    }

    internal static int ValueEnd(ReadOnlySpan<byte> text, int i, int to)
    {
        var quote = i > 0 ? text[i - 1] : (byte)0;
        if (quote is (byte)'"' or (byte)'\'')
        {
            var close = text[i..to].IndexOf(quote);
            return close < 0 ? to : i + close;
        }

        while (i < to && text[i] > ' ' && text[i] is not ((byte)',' or (byte)';' or (byte)'&' or (byte)'"' or (byte)'\'' or (byte)')' or (byte)']' or (byte)'}' or (byte)'<' or (byte)'>' or (byte)'|'))
        {
            i++;
        }

        return i;
    }

    private static bool IsProse(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            if (b is < (byte)'a' or > (byte)'z')
            {
                return false;
            }
        }

        return true;
    }

    private static HashSet<ulong> Hashes(string[] names)
    {
        var set = new HashSet<ulong>();
        foreach (var name in names)
        {
            set.Add(Templates.Mix.Bytes(System.Text.Encoding.ASCII.GetBytes(name)));
        }

        return set;
    }
}
