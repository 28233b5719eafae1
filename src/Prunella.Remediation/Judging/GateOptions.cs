using System.ComponentModel.DataAnnotations;

namespace Prunella.Remediation.Judging;

/// <summary>The bounds that the gate keeps. Configuration section <c>remediation:gate</c>.</summary>
public sealed class GateOptions
{
    /// <summary>Confidence below which a person is asked even for a safe action.</summary>
    /// <value>0 to 1. Default 0.70.</value>
    [Range(0.0, 1.0)] public double ConfidenceMin { get; set; } = 0.70;

    /// <summary>Share of a workload's pods that one execution may disturb; one pod is always allowed when another one serves.</summary>
    /// <value>0 to 1. Default 0.34.</value>
    [Range(0.0, 1.0)] public double PodShareMax { get; set; } = 0.34;

    /// <summary>Workloads of one namespace that may be acted on at once.</summary>
    /// <value>Workloads. Default 2.</value>
    [Range(1, 1_000)] public int NamespaceWorkloadsMax { get; set; } = 2;

    /// <summary>Workloads that may be acted on at once in all.</summary>
    /// <value>Workloads. Default 5.</value>
    [Range(1, 10_000)] public int WorkloadsMax { get; set; } = 5;

    /// <summary>Share of unhealthy workloads, in the namespace or the cluster, from which automation pauses.</summary>
    /// <value>0 to 1. Default 0.50.</value>
    [Range(0.01, 1.0)] public double StormShare { get; set; } = 0.50;

    /// <summary>Unhealthy workloads below which there is no storm, however small the cluster.</summary>
    /// <value>Workloads. Default 4.</value>
    [Range(2, 10_000)] public int StormWorkloadsMin { get; set; } = 4;

    /// <summary>Attempts of one action on one target within an hour.</summary>
    /// <value>Attempts. Default 3.</value>
    [Range(1, 1_000)] public int AttemptsPerHourMax { get; set; } = 3;

    /// <summary>Attempts of one action on one target within a day.</summary>
    /// <value>Attempts. Default 7.</value>
    [Range(1, 10_000)] public int AttemptsPerDayMax { get; set; } = 7;

    /// <summary>Pause after the first attempt of one action on one target; doubles with each further one within a day.</summary>
    /// <value>Default 1 minute.</value>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause that the doubling reaches.</summary>
    /// <value>Default 1 hour.</value>
    public TimeSpan CooldownMax { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How far a resource may grow in all, as a multiple of what it was before Prunella's first growth.</summary>
    /// <value>A factor. Default 3.</value>
    [Range(1.0, 100.0)] public double CumulativeGrowthMax { get; set; } = 3.0;

    /// <summary>Age from which facts read for the judgement are too old to act on.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan FactsAgeMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before a judgement that failed for a passing reason is repeated.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Actions moved to more caution than the catalogue's, by name: <c>NeedsApproval</c> or <c>Forbidden</c>. Less caution is refused at start.</summary>
    public Dictionary<string, Incidents.Actions.ActionClass> Classes { get; } = new(StringComparer.Ordinal);

    /// <summary>Different people who have to approve an action, by its name; 1 where absent.</summary>
    public Dictionary<string, int> ApproversNeeded { get; } = new(StringComparer.Ordinal);
}
