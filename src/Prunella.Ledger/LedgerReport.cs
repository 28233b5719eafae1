using System.Globalization;

namespace Prunella.Ledger;

/// <summary>What is wrong with a ledger.</summary>
public enum LedgerBreakKind
{
    /// <summary>The entry, its link or its hash are not what was written.</summary>
    ContentChanged,

    /// <summary>The entry is missing.</summary>
    Gap,

    /// <summary>Another entry stands in its place.</summary>
    Reordered,

    /// <summary>The entry names a key that is not given, or one that had been replaced by a newer key before.</summary>
    WrongKey,

    /// <summary>The text is no ledger entry.</summary>
    Unreadable,

    /// <summary>A checkpoint knows the entry, and the ledger ends before it.</summary>
    Truncated,

    /// <summary>The entry is well keyed but is not the one that a checkpoint saw: the ledger was rewritten by someone who holds the key, or replaced by another.</summary>
    Replaced,

    /// <summary>A checkpoint is not what was written.</summary>
    CheckpointForged,
}

/// <summary>One finding of a verification.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Number">The number of the broken entry; for a forged checkpoint the line in its file, from 1.</param>
/// <param name="Text">What was found and expected, for people.</param>
public sealed record LedgerBreak(LedgerBreakKind Kind, long Number, string Text);

/// <summary>The outcome of a verification.</summary>
/// <param name="Entries">Entries found intact, up to the first broken one.</param>
/// <param name="Head">The last intact entry.</param>
/// <param name="CheckpointsMatched">Checkpoints that vouch for the intact part.</param>
/// <param name="Break">The first broken entry; null when none is.</param>
/// <param name="ForgedCheckpoints">Checkpoints that are not what was written, at most <see cref="ForgedMax"/>.</param>
public sealed record LedgerReport(
    long Entries, LedgerHead Head, int CheckpointsMatched, LedgerBreak? Break, IReadOnlyList<LedgerBreak> ForgedCheckpoints)
{
    /// <summary>The most forged checkpoints that are listed.</summary>
    public const int ForgedMax = 100;

    /// <summary>Whether nothing is wrong.</summary>
    public bool Intact => Break is null && ForgedCheckpoints.Count == 0;

    /// <summary>The number of the last entry that a checkpoint vouches for; entries after it could be cut off without showing.</summary>
    public long VouchedNumber { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var lines = new List<string>();
        if (Break is not null) lines.Add(string.Create(CultureInfo.InvariantCulture, $"Entry {Break.Number} is broken ({Break.Kind}): {Break.Text}"));
        lines.AddRange(ForgedCheckpoints.Select(forged => string.Create(CultureInfo.InvariantCulture, $"Checkpoint line {forged.Number} is forged: {forged.Text}")));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Entries} entries are intact; checkpoints vouch for the first {VouchedNumber}."));
        return string.Join(Environment.NewLine, lines);
    }
}
