namespace Prunella.Ledger;

/// <summary>Decides when to checkpoint: every so many entries, and on a clean stop. Thread-safe.</summary>
/// <param name="file">Where checkpoints go.</param>
/// <param name="time">Their clock.</param>
/// <param name="entriesBetween">A checkpoint is written when so many entries were appended since the last. At least 1.</param>
public sealed class LedgerCheckpointer(LedgerCheckpointFile file, TimeProvider time, int entriesBetween = LedgerCheckpointer.EntriesBetweenDefault)
{
    /// <summary>Entries between checkpoints when nothing else is configured: as many as could be cut off the end unseen after a kill.</summary>
    public const int EntriesBetweenDefault = 16;

    private readonly int entriesBetween = entriesBetween >= 1 ? entriesBetween : throw new ArgumentOutOfRangeException(nameof(entriesBetween), "At least 1.");
    private long lastNumber;

    /// <summary>Where checkpoints go.</summary>
    public LedgerCheckpointFile File { get; } = file;

    /// <summary>
    /// Compares a ledger with the last checkpoint, before anything is appended to it. What is appended to a ledger that was cut or
    /// replaced could never be verified.
    /// </summary>
    /// <param name="hashOf">The hash of the entry with this number; null when the ledger has none.</param>
    /// <exception cref="LedgerBrokenException">The entry of the last checkpoint is missing or another one.</exception>
    /// <exception cref="LedgerCheckpointException">The file cannot be read, or its last line is no checkpoint.</exception>
    public async Task ThrowIfBrokenAsync(Func<long, Task<string?>> hashOf)
    {
        ArgumentNullException.ThrowIfNull(hashOf);
        if (File.Last() is not { } last) return;
        var hash = await hashOf(last.Number);
        if (hash != last.Hash) throw new LedgerBrokenException(last, missing: hash is null, File.Path);
        Volatile.Write(ref lastNumber, last.Number);
    }

    /// <summary>Tells that the ledger is durable up to <paramref name="head"/>; writes a checkpoint when it is time.</summary>
    /// <returns>Whether one was written.</returns>
    /// <exception cref="LedgerCheckpointException">It could not be written; the ledger itself is safe.</exception>
    public bool Appended(LedgerHead head) => head.Number - Volatile.Read(ref lastNumber) >= entriesBetween && WriteNow(head);

    /// <summary>Writes a checkpoint of <paramref name="head"/>, as on a clean stop.</summary>
    /// <returns>Whether one was written; false when the last one already vouches for it.</returns>
    /// <exception cref="LedgerCheckpointException">It could not be written; the ledger itself is safe.</exception>
    public bool WriteNow(LedgerHead head)
    {
        var written = File.Append(head, time.GetUtcNow());
        var known = Volatile.Read(ref lastNumber);
        while (known < head.Number)
        {
            var seen = Interlocked.CompareExchange(ref lastNumber, head.Number, known);
            if (seen == known) break;
            known = seen;
        }
        return written;
    }
}

/// <summary>The ledger does not hold what its last checkpoint saw: it was cut, replaced, or restored from an older backup.</summary>
/// <param name="checkpoint">The last checkpoint.</param>
/// <param name="missing">Whether the entry is missing; otherwise another one stands there.</param>
/// <param name="checkpointPath">The checkpoint file.</param>
public sealed class LedgerBrokenException(LedgerCheckpoint checkpoint, bool missing, string checkpointPath) : Exception(
    $"The ledger is not the one that its checkpoints saw: entry {checkpoint.Number}, seen at {LedgerChain.TimeText(checkpoint.At)}, "
    + (missing ? "is missing. " : "is another one. ")
    + $"Nothing is appended to it. Run `prunella ledger verify`. If the store was restored from a backup on purpose, move {checkpointPath} aside and keep it: it is the evidence of what was lost.")
{
    /// <summary>The last checkpoint.</summary>
    public LedgerCheckpoint Checkpoint { get; } = checkpoint;
}
