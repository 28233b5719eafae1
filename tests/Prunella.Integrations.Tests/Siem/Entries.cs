using System.Text.Json;
using Prunella.Ledger;

namespace Prunella.Integrations.Tests.Siem;

/// <summary>Entries of a ledger, chained and signed.</summary>
internal static class Entries
{
    internal static readonly LedgerKeyRing Keys = LedgerKeyRing.Parse(new string('7', 64));

    internal static IReadOnlyList<LedgerEntry> Of(int count, string text = "fine", string kind = "verdict")
    {
        var ledger = new MemoryLedger(new LedgerChain(Keys), TimeProvider.System);
        ledger.Append([.. Enumerable.Range(1, count).Select(index => new LedgerDraft(kind, $"incident-{index}", "prunella", JsonSerializer.SerializeToElement(new { index, text })))]);
        return ledger.Read(1, count);
    }
}
