namespace Prunella.Remediation.Stages;

/// <summary>Where trust starts. Configuration section <c>remediation:stages</c>. What people set later is kept in the store and wins.</summary>
public sealed class StageOptions
{
    /// <summary>The stage of every scope that nothing else names.</summary>
    /// <value>Default Shadow.</value>
    public Stage Default { get; set; } = Stage.Shadow;

    /// <summary>The share of targets in a canary where none is named.</summary>
    /// <value>Percent, 0 to 100. Default 5.</value>
    [System.ComponentModel.DataAnnotations.Range(0, 100)] public int CanaryPercent { get; set; } = 5;

    /// <summary>Stages of scopes: <c>namespace/class</c>, either part may be <c>*</c>; for objects of the whole cluster the namespace is <c>_cluster</c>.</summary>
    public Dictionary<string, Stage> Scopes { get; } = new(StringComparer.Ordinal);
}
