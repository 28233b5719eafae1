using System.Security.Cryptography;
using System.Text;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Redaction;

/// <summary>Value → token, kept for the values seen lately. A token is a kind and 48 bits of HMAC-SHA256: &lt;email:3f9a0c11d2e4&gt;.</summary>
internal sealed class Pseudonyms(RedactionOptions options)
{
    private const int TokenHexDigits = 12;

    private readonly byte[] key = options.Key.ToArray();
    private Dictionary<ulong, Entry> young = [];
    private Dictionary<ulong, Entry> old = [];

    internal ReadOnlySpan<byte> Token(SensitiveKinds kind, ReadOnlySpan<byte> value)
    {
        var hash = Mix.Add(Mix.Bytes(value), (ulong)kind);
        if (young.TryGetValue(hash, out var entry) && entry.Value.AsSpan().SequenceEqual(value))
        {
            return entry.Token;
        }

        if (!(old.TryGetValue(hash, out entry) && entry.Value.AsSpan().SequenceEqual(value)))
        {
            entry = new Entry(value.ToArray(), Make(kind, value));
        }

        if (young.Count >= options.ValuesMax / 2)
        {
            (old, young) = (young, []);
        }

        young[hash] = entry;
        return entry.Token;
    }

    private byte[] Make(SensitiveKinds kind, ReadOnlySpan<byte> value)
    {
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(key, value, mac);
        var tail = options.KeepLastFour && kind is SensitiveKinds.Card or SensitiveKinds.Iban or SensitiveKinds.Phone && value.Length >= 8
            ? ":" + Encoding.UTF8.GetString(value[^4..]) : "";
        return Encoding.UTF8.GetBytes($"<{Name(kind)}:{Convert.ToHexStringLower(mac[..(TokenHexDigits / 2)])}{tail}>");
    }

    private static string Name(SensitiveKinds kind) => kind switch
    {
        SensitiveKinds.Email => "email",
        SensitiveKinds.Card => "card",
        SensitiveKinds.Iban => "iban",
        SensitiveKinds.Phone => "phone",
        SensitiveKinds.Address => "ip",
        SensitiveKinds.Jwt => "jwt",
        SensitiveKinds.Key => "key",
        SensitiveKinds.PrivateKey => "private-key",
        SensitiveKinds.UserId => "user",
        SensitiveKinds.Uuid => "uuid",
        _ => "secret",
    };

    private readonly record struct Entry(byte[] Value, byte[] Token);
}
