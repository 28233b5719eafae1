namespace Prunella.Sandbox.Registry;

/// <summary>How a write is to be done.</summary>
internal readonly record struct WriteOptions(bool DryRun = false)
{
    public static readonly WriteOptions Real;
}

internal enum Propagation { Default, Background, Foreground, Orphan }

/// <summary>How a delete is to be done; preconditions that do not hold answer 409.</summary>
internal sealed record DeleteOptions
{
    public static readonly DeleteOptions Background = new();
    public static readonly DeleteOptions Now = new() { GraceSeconds = 0 };

    public bool DryRun { get; init; }

    /// <summary>Seconds of grace; null means the object's own.</summary>
    public long? GraceSeconds { get; init; }
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
    public Propagation Propagation { get; init; }
}
