using System.Text.Json;
using Prunella.Ledger;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>Turns ledger entries into rows and back. Reading never throws for what a row holds: a changed row has to reach the verifier.</summary>
internal static class LedgerRows
{
    public static LedgerRow ToRow(LedgerEntry entry) => new()
    {
        Number = entry.Number,
        At = (entry.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        Kind = entry.Kind,
        Subject = entry.Subject,
        Actor = entry.Actor,
        Payload = entry.Payload.GetRawText(),
        KeyId = entry.KeyId,
        PreviousHash = entry.PreviousHash,
        Hash = entry.Hash,
    };

    public static LedgerEntry ToEntry(LedgerRow row) =>
        new(row.Number, TimeOf(row.At), row.Kind, row.Subject, row.Actor, PayloadOf(row.Payload), row.PreviousHash, row.Hash) { KeyId = row.KeyId };

    private static DateTimeOffset TimeOf(long microseconds)
    {
        var most = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var least = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, least, most) * TimeSpan.TicksPerMicrosecond);
    }

    private static JsonElement PayloadOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            // The element's own text leaves out white space around it, which the stored text must not have either.
            if (document.RootElement.GetRawText().Length == text.Length) return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Told apart below.
        }
        // No hash was ever made over a payload that is a bare string, so this one cannot match.
        return JsonSerializer.SerializeToElement(text);
    }
}
