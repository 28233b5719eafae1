using System.Globalization;

namespace Prunella.Ledger;

/// <summary>
/// Checks a ledger from its first entry on and names the first broken one. Streams: memory does not grow with the ledger.
/// Thread-safe.
/// </summary>
/// <param name="keys">Every key that the ledger was ever written with.</param>
public sealed class LedgerVerifier(LedgerKeyRing keys)
{
    // How far it looks for an entry that is not in its place, to tell a moved entry from a missing one.
    private const int LookAheadMax = 65_536;

    /// <summary>Checks entries as the store gives them.</summary>
    /// <param name="entries">The entries in the order of the store, from number 1.</param>
    /// <param name="checkpoints">The lines of the checkpoint file; empty when there is none, and then a truncation cannot show.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public Task<LedgerReport> VerifyAsync(
        IAsyncEnumerable<LedgerEntry> entries, IReadOnlyList<LedgerCheckpointLine> checkpoints, CancellationToken cancellation = default) =>
        VerifyAsync(entries.Select((entry, index) => new LedgerLine(index + 1, entry, "")), checkpoints, cancellation);

    /// <summary>Checks the lines of an exported file, see <see cref="LedgerJsonLines"/>.</summary>
    /// <inheritdoc cref="VerifyAsync(IAsyncEnumerable{LedgerEntry}, IReadOnlyList{LedgerCheckpointLine}, CancellationToken)"/>
    public async Task<LedgerReport> VerifyAsync(
        IAsyncEnumerable<LedgerLine> lines, IReadOnlyList<LedgerCheckpointLine> checkpoints, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(checkpoints);
        var forged = new List<LedgerBreak>();
        var sound = Sound(checkpoints, forged);
        var run = new Run(keys, sound);
        LedgerBreak? found = null;
        await using var reader = lines.GetAsyncEnumerator(cancellation);
        while (found is null && await reader.MoveNextAsync())
        {
            found = run.Check(reader.Current);
            if (found is { Kind: LedgerBreakKind.Gap }) found = await GapOrReorderedAsync(found, reader);
        }
        found ??= run.Finish();
        return new LedgerReport(run.Head.Number, run.Head, run.Matched, found, forged) { VouchedNumber = run.Vouched };
    }

    private static async Task<LedgerBreak> GapOrReorderedAsync(LedgerBreak gap, IAsyncEnumerator<LedgerLine> reader)
    {
        for (var ahead = 0; ahead < LookAheadMax && await reader.MoveNextAsync(); ahead++)
        {
            if (reader.Current.Entry?.Number != gap.Number) continue;
            return gap with
            {
                Kind = LedgerBreakKind.Reordered,
                Text = string.Create(CultureInfo.InvariantCulture, $"{gap.Text} Entry {gap.Number} stands {ahead + 1} places later."),
            };
        }
        return gap;
    }

    /// <summary>The checkpoints that are signed, by number; what is wrong with any goes to <paramref name="forged"/>.</summary>
    private List<LedgerCheckpoint> Sound(IReadOnlyList<LedgerCheckpointLine> lines, List<LedgerBreak> forged)
    {
        var sound = new List<LedgerCheckpoint>();
        var previous = LedgerHead.NoHash;
        var number = 0L;
        foreach (var (lineNumber, checkpoint) in lines)
        {
            var index = checkpoint is null ? -1 : keys.IndexOf(checkpoint.KeyId);
            var signed = index >= 0 && checkpoint!.SignedBy(keys.At(index));
            var problem = checkpoint is null ? "the line is no checkpoint."
                : index < 0 ? $"it names key {checkpoint.KeyId}, which is not given."
                : !signed ? $"its signature is not by key {checkpoint.KeyId}."
                : checkpoint.PreviousMac != previous ? "it does not follow the checkpoint before; one was removed, inserted or moved."
                : checkpoint.Number < number ? "its number is below that of the checkpoint before."
                : null;
            if (problem is not null && forged.Count < LedgerReport.ForgedMax)
                forged.Add(new LedgerBreak(LedgerBreakKind.CheckpointForged, lineNumber, problem));
            if (checkpoint is null) continue;
            // A statement that is signed but out of place still vouches for its entry.
            if (signed) sound.Add(checkpoint);
            previous = checkpoint.Mac;
            number = Math.Max(number, checkpoint.Number);
        }
        return [.. sound.OrderBy(checkpoint => checkpoint.Number)];
    }

    private sealed class Run(LedgerKeyRing keys, List<LedgerCheckpoint> checkpoints)
    {
        private int keyIndex;
        private int checkpointIndex;

        public LedgerHead Head { get; private set; } = LedgerHead.Empty;
        public int Matched { get; private set; }
        public long Vouched { get; private set; }

        public LedgerBreak? Check(LedgerLine line)
        {
            var expected = Head.Number + 1;
            if (line.Entry is not { } entry)
                return new(LedgerBreakKind.Unreadable, expected, string.Create(CultureInfo.InvariantCulture, $"line {line.LineNumber} is no ledger entry: {line.Problem}"));
            if (entry.Number > expected)
                return new(LedgerBreakKind.Gap, expected, string.Create(CultureInfo.InvariantCulture, $"after entry {Head.Number} comes entry {entry.Number}."));
            if (entry.Number < expected)
                return new(LedgerBreakKind.Reordered, expected, string.Create(CultureInfo.InvariantCulture, $"in its place stands an entry with number {entry.Number}."));
            var index = keys.IndexOf(entry.KeyId);
            if (index < 0)
                return new(LedgerBreakKind.WrongKey, expected, $"it names key {entry.KeyId}; given: {string.Join(", ", keys.Ids)}.");
            if (entry.PreviousHash != Head.Hash)
                return new(LedgerBreakKind.ContentChanged, expected, $"it links to {Brief(entry.PreviousHash)}, but the entry before has {Brief(Head.Hash)}.");
            if (!LedgerChain.Matches(entry, keys.At(index)))
                return new(LedgerBreakKind.ContentChanged, expected, $"its hash {Brief(entry.Hash)} does not fit its content under key {entry.KeyId}.");
            if (index < keyIndex)
                return new(LedgerBreakKind.WrongKey, expected, $"it is signed with key {entry.KeyId}, which key {keys.At(keyIndex).Id} had replaced before.");
            if (CheckpointMismatch(entry) is { } replaced) return replaced;
            keyIndex = index;
            Head = LedgerHead.Of(entry);
            return null;
        }

        public LedgerBreak? Finish()
        {
            if (checkpointIndex >= checkpoints.Count) return null;
            var last = checkpoints[^1];
            return new(LedgerBreakKind.Truncated, Head.Number + 1, string.Create(CultureInfo.InvariantCulture,
                $"the ledger ends with entry {Head.Number}, but a checkpoint of {LedgerChain.TimeText(last.At)} saw entry {last.Number}."));
        }

        private LedgerBreak? CheckpointMismatch(LedgerEntry entry)
        {
            // Checkpoints of number 0 vouch for nothing.
            while (checkpointIndex < checkpoints.Count && checkpoints[checkpointIndex].Number <= entry.Number)
            {
                var checkpoint = checkpoints[checkpointIndex];
                if (checkpoint.Number == entry.Number && checkpoint.Hash != entry.Hash)
                    return new(LedgerBreakKind.Replaced, entry.Number, string.Create(CultureInfo.InvariantCulture,
                        $"it is well keyed, but a checkpoint of {LedgerChain.TimeText(checkpoint.At)} saw {Brief(checkpoint.Hash)} there, not {Brief(entry.Hash)}; entries {Vouched + 1} to {entry.Number} were rewritten or replaced."));
                checkpointIndex++;
                if (checkpoint.Number != entry.Number) continue;
                Matched++;
                Vouched = entry.Number;
            }
            return null;
        }

        private static string Brief(string hash) => hash.Length > 12 ? hash[..12] + "…" : hash;
    }
}
