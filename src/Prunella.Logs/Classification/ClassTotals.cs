namespace Prunella.Logs.Classification;

/// <summary>Exact counts of what came and what was kept, however it was sampled.</summary>
public sealed record ClassTotals
{
    private readonly long[] lines = new long[3];
    private readonly long[] kept = new long[3];

    /// <summary>Bytes of all lines, terminators not counted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the lines kept.</summary>
    public long BytesKept { get; private set; }

    /// <summary>Lines of a class.</summary>
    public long Lines(LineClass lineClass) => lines[(int)lineClass];

    /// <summary>Lines of a class that were kept.</summary>
    public long Kept(LineClass lineClass) => kept[(int)lineClass];

    internal void Count(LineClass lineClass, bool keep, int bytes)
    {
        lines[(int)lineClass]++;
        Bytes += bytes;
        if (keep)
        {
            kept[(int)lineClass]++;
            BytesKept += bytes;
        }
    }
}
