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

    /// <summary>Decisions of a scope that people must have reviewed in shadow, and in dry run, before it is promoted.</summary>
    /// <value>Decisions. Default 20.</value>
    [System.ComponentModel.DataAnnotations.Range(0, 10_000)] public int ReviewsMin { get; set; } = 20;

    /// <summary>The share of them that people must have found right.</summary>
    /// <value>0 to 1. Default 0.95.</value>
    [System.ComponentModel.DataAnnotations.Range(0.0, 1.0)] public double AgreementMin { get; set; } = 0.95;

    /// <summary>Executions that must have ended at each step of a canary before it is promoted.</summary>
    /// <value>Executions. Default 10.</value>
    [System.ComponentModel.DataAnnotations.Range(0, 10_000)] public int ExecutionsMin { get; set; } = 10;

    /// <summary>The share of them that must have fixed what they were for.</summary>
    /// <value>0 to 1. Default 0.95.</value>
    [System.ComponentModel.DataAnnotations.Range(0.0, 1.0)] public double SuccessMin { get; set; } = 0.95;

    /// <summary>How long a scope must have been in its stage, and at its step of a canary, before it is promoted.</summary>
    /// <value>Default 7 days.</value>
    [System.ComponentModel.DataAnnotations.Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")] public TimeSpan InStageMin { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Executions in a row that did not fix, in one scope and since it came to its stage, after which it falls one stage by itself; 0 leaves that to the breaker.</summary>
    /// <value>Executions. Default 3.</value>
    [System.ComponentModel.DataAnnotations.Range(0, 100)] public int DemoteAfterFailures { get; set; } = 3;

    /// <summary>Stages of scopes: <c>namespace/class</c>, either part may be <c>*</c>; for objects of the whole cluster the namespace is <c>_cluster</c>.</summary>
    public Dictionary<string, Stage> Scopes { get; } = new(StringComparer.Ordinal);
}
