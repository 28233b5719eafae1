namespace Prunella.Kubernetes.Chaos;

/// <summary>How many of the pods that a selector finds are hit; the words are Chaos Mesh's.</summary>
public enum TargetMode
{
    /// <summary>One of them.</summary>
    One,

    /// <summary>All of them.</summary>
    All,

    /// <summary>A fixed number.</summary>
    Fixed,

    /// <summary>A fixed share, in percent, rounded down as Chaos Mesh does, but at least one.</summary>
    FixedPercent,

    /// <summary>A share drawn between zero and a bound, in percent.</summary>
    RandomMaxPercent,
}
