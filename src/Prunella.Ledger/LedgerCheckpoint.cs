using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>A signed statement, kept outside the store, that an entry existed with this hash: a store cut or replaced below it shows.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="Hash">The entry's hash.</param>
/// <param name="At">When the statement was made, to the microsecond.</param>
/// <param name="KeyId">The key that signed it, in the derivation for checkpoints.</param>
/// <param name="PreviousMac">The <see cref="Mac"/> of the checkpoint before; 64 zeros for the first.</param>
/// <param name="Mac">HMAC-SHA256 in lower-case hex over the canonical JSON of the other fields.</param>
public sealed record LedgerCheckpoint(long Number, string Hash, DateTimeOffset At, string KeyId, string PreviousMac, string Mac)
{
    internal static LedgerCheckpoint Sign(LedgerHead head, DateTimeOffset at, string previousMac, LedgerKey key)
    {
        var unsigned = new LedgerCheckpoint(head.Number, head.Hash, LedgerChain.ToMicrosecond(at), key.Id, previousMac, "");
        return unsigned with { Mac = unsigned.MacUnder(key) };
    }

    internal bool SignedBy(LedgerKey key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(MacUnder(key)), Encoding.UTF8.GetBytes(Mac));

    /// <summary>The checkpoint as one line of canonical JSON, without the line end.</summary>
    internal string ToLine() => Encoding.UTF8.GetString(Bytes(withMac: true));

    /// <summary>Reads a line; null when it is not exactly one that <see cref="ToLine"/> writes.</summary>
    internal static LedgerCheckpoint? FromLine(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var checkpoint = new LedgerCheckpoint(
                root.GetProperty("number").GetInt64(),
                root.GetProperty("hash").GetString() ?? "",
                DateTimeOffset.ParseExact(root.GetProperty("at").GetString() ?? "", LedgerChain.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                root.GetProperty("key").GetString() ?? "",
                root.GetProperty("previous").GetString() ?? "",
                root.GetProperty("mac").GetString() ?? "");
            return checkpoint.ToLine() == line ? checkpoint : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or CanonicalJsonException)
        {
            return null;
        }
    }

    private string MacUnder(LedgerKey key) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Checkpoints, Bytes(withMac: false)));

    private ReadOnlySpan<byte> Bytes(bool withMac)
    {
        var output = new ArrayBufferWriter<byte>(384);
        output.Write("{\"at\":"u8);
        CanonicalJson.WriteString(output, LedgerChain.TimeText(At), "$.at");
        output.Write(",\"hash\":"u8);
        CanonicalJson.WriteString(output, Hash, "$.hash");
        output.Write(",\"key\":"u8);
        CanonicalJson.WriteString(output, KeyId, "$.key");
        if (withMac)
        {
            output.Write(",\"mac\":"u8);
            CanonicalJson.WriteString(output, Mac, "$.mac");
        }
        output.Write(",\"number\":"u8);
        CanonicalJson.Ascii(output, Number.ToString(CultureInfo.InvariantCulture));
        output.Write(",\"previous\":"u8);
        CanonicalJson.WriteString(output, PreviousMac, "$.previous");
        output.Write("}"u8);
        return output.WrittenSpan;
    }
}

/// <summary>A line of a checkpoint file.</summary>
/// <param name="LineNumber">From 1.</param>
/// <param name="Checkpoint">The statement; null when the line is none.</param>
public readonly record struct LedgerCheckpointLine(long LineNumber, LedgerCheckpoint? Checkpoint);
