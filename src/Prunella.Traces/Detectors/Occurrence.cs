namespace Prunella.Traces.Detectors;

/// <summary>What would change if a finding's advice were followed; the re-timing applies it.</summary>
internal enum Remedy : byte
{
    /// <summary>Nothing that can be timed.</summary>
    None,

    /// <summary>One call as long as the longest replaces all of them and the pauses between.</summary>
    Merge,

    /// <summary>All of them start when the first does.</summary>
    Parallel,

    /// <summary>All but the first cost nothing.</summary>
    KeepFirst,

    /// <summary>All but the last, and the pauses between, cost nothing.</summary>
    KeepLast,

    /// <summary>Each takes what the occurrence names instead.</summary>
    Shorten,
}

/// <summary>A pattern found once, in one trace.</summary>
internal readonly struct Occurrence
{
    public required DetectorKind Kind { get; init; }

    /// <summary>The span below which it happened.</summary>
    public required int Parent { get; init; }

    /// <summary>The spans that make it, by start; all below <see cref="Parent"/>.</summary>
    public required int[] Spans { get; init; }

    /// <summary>Names pool: what was called.</summary>
    public required int Pattern { get; init; }

    /// <summary>Microseconds wasted, as the detector counts it.</summary>
    public required long WasteUs { get; init; }

    public Remedy Remedy { get; init; }

    /// <summary>For <see cref="Remedy.Shorten"/>: the new length, microseconds.</summary>
    public long TargetUs { get; init; }

    /// <summary>A service other than the parent's that the finding belongs to; names pool, 0 for the parent's.</summary>
    public int Service { get; init; }

    /// <summary>A further word for people (an exception, an origin); values pool of the trace or null.</summary>
    public string? Detail { get; init; }
}
