namespace Prunella.Ledger;

/// <summary>The last entry of a chain: what the next one links to.</summary>
/// <param name="Number">Its number; 0 before the first entry.</param>
/// <param name="Hash">Its hash; 64 zeros before the first entry.</param>
public readonly record struct LedgerHead(long Number, string Hash)
{
    /// <summary>64 zeros: the previous hash of entry 1 and of the first checkpoint.</summary>
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The head of an empty chain.</summary>
    public static LedgerHead Empty { get; } = new(0, NoHash);

    /// <summary>The head after <paramref name="entry"/>.</summary>
    public static LedgerHead Of(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new(entry.Number, entry.Hash);
    }
}
