using System.Runtime.CompilerServices;
using Prunella.Ledger;

namespace Prunella.Remediation.Storage;

/// <summary>Reads a store's ledger as a stream, for verification and export.</summary>
public static class StoredLedger
{
    private const int PageEntries = 512;

    /// <summary>Every entry from <paramref name="fromNumber"/> on, in order, read page by page; those appended meanwhile included.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public static async IAsyncEnumerable<LedgerEntry> ReadWholeLedgerAsync(
        this IRemediationStore store, [EnumeratorCancellation] CancellationToken cancellation, long fromNumber = long.MinValue)
    {
        ArgumentNullException.ThrowIfNull(store);
        var next = fromNumber;
        while (true)
        {
            var page = await store.ReadLedgerAsync(next, PageEntries, cancellation);
            foreach (var entry in page) yield return entry;
            if (page.Count < PageEntries || page[^1].Number == long.MaxValue) yield break;
            next = page[^1].Number + 1;
        }
    }
}
