using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>Links entries: each hash is keyed and covers the hash before it, so no entry can change, vanish or move unseen. Thread-safe.</summary>
/// <param name="keys">The keys; the last one signs.</param>
public sealed class LedgerChain(LedgerKeyRing keys)
{
    /// <summary>The longest kind, subject and actor, in UTF-16 units; a longer one is cut and ends with its SHA-256.</summary>
    public const int TextMax = 512;

    /// <summary>The largest payload, in bytes of canonical JSON.</summary>
    public const int PayloadBytesMax = 4 * 1_048_576;

    /// <summary>The keys that it signs with.</summary>
    public LedgerKeyRing Keys { get; } = keys;

    /// <summary>
    /// The entry that follows <paramref name="head"/>. The payload is kept in canonical form and the time cut to the
    /// microsecond, so that what is stored is exactly what was hashed.
    /// </summary>
    /// <exception cref="CanonicalJsonException">The payload has no canonical form.</exception>
    /// <exception cref="ArgumentException">The payload is no object or larger than <see cref="PayloadBytesMax"/>, or the kind is empty.</exception>
    public LedgerEntry Next(LedgerHead head, LedgerDraft draft, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentException.ThrowIfNullOrEmpty(draft.Kind);
        if (draft.Payload.ValueKind != JsonValueKind.Object) throw new ArgumentException($"The payload of a {draft.Kind} entry is no JSON object.", nameof(draft));
        var payload = CanonicalJson.ToBytes(draft.Payload);
        if (payload.Length > PayloadBytesMax)
            throw new ArgumentException($"The payload of a {draft.Kind} entry has {payload.Length} bytes; the most is {PayloadBytesMax}.", nameof(draft));
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 256 });
        var entry = new LedgerEntry(
            head.Number + 1, ToMicrosecond(at), Clean(draft.Kind), Clean(draft.Subject), Clean(draft.Actor),
            JsonElement.ParseValue(ref reader), head.Hash, "")
        { KeyId = Keys.SigningId };
        return entry with { Hash = Hash(entry, payload, Keys.Signing) };
    }

    /// <summary>The text as entries carry it: no NUL, no half surrogate pairs, at most <see cref="TextMax"/> units. Look subjects up by it.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var clean = text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
        // Encoding.UTF8 replaces half pairs by U+FFFD; whole text comes back unchanged.
        clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(clean));
        if (clean.Length <= TextMax) return clean;
        var kept = TextMax - 65;
        if (char.IsHighSurrogate(clean[kept - 1])) kept--;
        return $"{clean[..kept]}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clean)))}";
    }

    /// <summary>Recomputes the hash of a stored entry. False when content, link, or hash do not belong together under <paramref name="key"/>.</summary>
    internal static bool Matches(LedgerEntry entry, LedgerKey key)
    {
        byte[] payload;
        try
        {
            payload = CanonicalJson.ToBytes(entry.Payload);
            // What is stored is what was hashed, byte for byte: another spelling of the same value is a change too.
            if (!payload.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(entry.Payload.GetRawText()))) return false;
            if (entry.At != ToMicrosecond(entry.At)) return false;
            var expected = Hash(entry, payload, key);
            return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(entry.Hash));
        }
        catch (CanonicalJsonException)
        {
            return false;
        }
    }

    // HMAC-SHA256(key, previous hash as 64 hex digits ‖ {"actor":…,"at":…,"key":…,"kind":…,"number":…,"payload":…,"subject":…})
    private static string Hash(LedgerEntry entry, ReadOnlySpan<byte> payload, LedgerKey key)
    {
        var input = new ArrayBufferWriter<byte>(512 + payload.Length);
        input.Write(Encoding.UTF8.GetBytes(entry.PreviousHash));
        WriteMembers(input, entry, payload, withLinks: false);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key.Entries, input.WrittenSpan));
    }

    /// <summary>The entry as one canonical JSON object; with <paramref name="withLinks"/> also its hash and the previous one.</summary>
    internal static void WriteMembers(IBufferWriter<byte> output, LedgerEntry entry, ReadOnlySpan<byte> payload, bool withLinks)
    {
        output.Write("{\"actor\":"u8);
        CanonicalJson.WriteString(output, entry.Actor, "$.actor");
        output.Write(",\"at\":"u8);
        CanonicalJson.WriteString(output, TimeText(entry.At), "$.at");
        if (withLinks)
        {
            output.Write(",\"hash\":"u8);
            CanonicalJson.WriteString(output, entry.Hash, "$.hash");
        }
        output.Write(",\"key\":"u8);
        CanonicalJson.WriteString(output, entry.KeyId, "$.key");
        output.Write(",\"kind\":"u8);
        CanonicalJson.WriteString(output, entry.Kind, "$.kind");
        output.Write(",\"number\":"u8);
        CanonicalJson.Ascii(output, entry.Number.ToString(CultureInfo.InvariantCulture));
        output.Write(",\"payload\":"u8);
        output.Write(payload);
        if (withLinks)
        {
            output.Write(",\"previous\":"u8);
            CanonicalJson.WriteString(output, entry.PreviousHash, "$.previous");
        }
        output.Write(",\"subject\":"u8);
        CanonicalJson.WriteString(output, entry.Subject, "$.subject");
        output.Write("}"u8);
    }

    /// <summary>UTC with exactly six decimals: <c>2026-01-31T03:14:15.926535Z</c>.</summary>
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    internal static string TimeText(DateTimeOffset at) => at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    internal static DateTimeOffset ToMicrosecond(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
