using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prunella.Logs.Redaction;

/// <summary>Value → token: its kind and 64 keyed bits, &lt;email:3f9a0c11d2e40b77&gt;. Computed each time, so nothing is remembered and nothing grows.</summary>
internal sealed class Pseudonyms
{
    private readonly SipHash hash;
    private readonly bool keepLastFour;
    private readonly byte[] token = new byte[48];

    internal Pseudonyms(RedactionOptions options)
    {
        Span<byte> key = stackalloc byte[32];
        SHA256.HashData(options.Key.Span, key);
        hash = new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
        keepLastFour = options.KeepLastFour;
    }

    /// <summary>The token of a value; it holds until the next call.</summary>
    internal ReadOnlySpan<byte> Token(SensitiveKinds kind, ReadOnlySpan<byte> value)
    {
        var name = Name(kind);
        token[0] = (byte)'<';
        name.CopyTo(token.AsSpan(1));
        var at = 1 + name.Length;
        token[at++] = (byte)':';
        var bits = hash.Hash(value);
        for (var shift = 60; shift >= 0; shift -= 4)
        {
            token[at++] = "0123456789abcdef"u8[(int)(bits >> shift) & 15];
        }

        if (keepLastFour && kind is SensitiveKinds.Card or SensitiveKinds.Iban or SensitiveKinds.Phone && value.Length >= 8)
        {
            token[at++] = (byte)':';
            value[^4..].CopyTo(token.AsSpan(at));
            at += 4;
        }

        token[at++] = (byte)'>';
        return token.AsSpan(0, at);
    }

    private static ReadOnlySpan<byte> Name(SensitiveKinds kind) => kind switch
    {
        SensitiveKinds.Email => "email"u8,
        SensitiveKinds.Card => "card"u8,
        SensitiveKinds.Iban => "iban"u8,
        SensitiveKinds.Phone => "phone"u8,
        SensitiveKinds.Address => "ip"u8,
        SensitiveKinds.Jwt => "jwt"u8,
        SensitiveKinds.Key => "key"u8,
        SensitiveKinds.PrivateKey => "private-key"u8,
        SensitiveKinds.UserId => "user"u8,
        SensitiveKinds.Uuid => "uuid"u8,
        _ => "secret"u8,
    };
}
