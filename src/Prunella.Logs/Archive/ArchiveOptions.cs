namespace Prunella.Logs.Archive;

/// <summary>How small a block is made, against how fast it is read.</summary>
public enum ArchiveTier : byte
{
    /// <summary>zstd level 3: written and read at full speed.</summary>
    Hot,

    /// <summary>zstd level 19, and the adaptive coder for blocks up to some MB: smaller, several times slower to write.</summary>
    Cold,
}

/// <summary>Bounds and choices of an <see cref="ArchiveWriter"/>.</summary>
public sealed class ArchiveOptions
{
    private readonly int? adaptiveBytesMax;

    /// <summary>Bytes of input in one block; a block is what a crash can cost and what a search decompresses.</summary>
    /// <value>Bytes. Default 16 MiB; 4 KiB to 64 MiB.</value>
    public int BlockBytes { get; set; } = 16 << 20;

    /// <summary>How blocks are compressed.</summary>
    /// <value>Default <see cref="ArchiveTier.Hot"/>.</value>
    public ArchiveTier Tier { get; set; }

    /// <summary>Key under which blocks are encrypted with AES-256-GCM.</summary>
    /// <value>32 bytes; null, the default, writes them in the clear.</value>
    public byte[]? Key { get; set; }

    /// <summary>True waits for the disk after every block, so that a written block survives a power failure.</summary>
    /// <value>Default true.</value>
    public bool Durable { get; set; } = true;

    /// <summary>Year of timestamps that do not write one.</summary>
    /// <value>1 to 9998; null, the default, is the latest in which the timestamp is not more than a day ahead of <see cref="Clock"/>.</value>
    public int? Year { get; set; }

    /// <summary>What tells the year of such timestamps.</summary>
    /// <value>Default the system's clock.</value>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>True writes a summary of every frequent template of every block beside the archive (<see cref="BlockSummary.PathOf"/>). They hold values in the clear, so an archive with a key has them only with <see cref="SummaryText"/>.</summary>
    /// <value>Default false.</value>
    public bool Summaries { get; set; }

    /// <summary>Turns templates and values into what summaries may show.</summary>
    /// <value>Default null: as they stand.</value>
    public Func<string, string>? SummaryText { get; set; }

    /// <summary>zstd's level.</summary>
    internal int Level => Tier == ArchiveTier.Cold ? 19 : 3;

    /// <summary>zstd's level for the streams of columns, in which little of what it looks for is left: 3 takes half as long again and makes more of them (bench/results/logs.md).</summary>
    internal int ColumnsLevel => Tier == ArchiveTier.Cold ? 19 : 1;

    /// <summary>Blocks whose streams are no larger use the adaptive coder.</summary>
    internal int AdaptiveBytesMax { get => adaptiveBytesMax ?? (Tier == ArchiveTier.Cold ? BlockData.AdaptiveBytesMax : 512 << 10); init => adaptiveBytesMax = value; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockBytes, 4 << 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BlockBytes, 64 << 20);
        if (Key is not null && Summaries && SummaryText is null)
        {
            throw new ArgumentException("An encrypted archive has no summaries unless they are redacted: they would be in the clear.", nameof(Summaries));
        }

        if (Key is { Length: not 32 })
        {
            throw new ArgumentException("The key of an archive has 32 bytes.", nameof(Key));
        }
    }
}
