namespace Prunella.Ledger;

/// <summary>A ledger in memory, for simulation and tests. Thread-safe.</summary>
/// <param name="chain">Links the entries.</param>
/// <param name="time">Gives the time of each entry.</param>
public sealed class MemoryLedger(LedgerChain chain, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<LedgerEntry> entries = [];
    private readonly Dictionary<string, List<int>> bySubject = new(StringComparer.Ordinal);

    /// <summary>The last entry.</summary>
    public LedgerHead Head
    {
        get
        {
            lock (gate) return HeadNow();
        }
    }

    /// <summary>Appends the drafts in order, all or none.</summary>
    /// <exception cref="CanonicalJsonException">See <see cref="LedgerChain.Next"/>.</exception>
    /// <exception cref="ArgumentException">See <see cref="LedgerChain.Next"/>.</exception>
    public IReadOnlyList<LedgerEntry> Append(IReadOnlyList<LedgerDraft> drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        lock (gate)
        {
            var head = HeadNow();
            var linked = new List<LedgerEntry>(drafts.Count);
            foreach (var draft in drafts)
            {
                var entry = chain.Next(head, draft, time.GetUtcNow());
                linked.Add(entry);
                head = LedgerHead.Of(entry);
            }
            foreach (var entry in linked)
            {
                if (!bySubject.TryGetValue(entry.Subject, out var indexes)) bySubject[entry.Subject] = indexes = [];
                indexes.Add(entries.Count);
                entries.Add(entry);
            }
            return linked;
        }
    }

    /// <summary>Entries with a number from <paramref name="fromNumber"/>, in order.</summary>
    public IReadOnlyList<LedgerEntry> Read(long fromNumber, int max)
    {
        lock (gate)
        {
            var first = (int)Math.Clamp(fromNumber, 1, entries.Count + 1L) - 1;
            return entries.GetRange(first, Math.Min(max, entries.Count - first));
        }
    }

    /// <summary>Entries about a subject, in order.</summary>
    public IReadOnlyList<LedgerEntry> Read(string subject, int max)
    {
        lock (gate)
        {
            return bySubject.TryGetValue(LedgerChain.Clean(subject), out var indexes) ? [.. indexes.Take(max).Select(index => entries[index])] : [];
        }
    }

    private LedgerHead HeadNow() => entries.Count == 0 ? LedgerHead.Empty : LedgerHead.Of(entries[^1]);
}
