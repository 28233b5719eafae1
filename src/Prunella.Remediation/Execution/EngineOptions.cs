using System.ComponentModel.DataAnnotations;

namespace Prunella.Remediation.Execution;

/// <summary>Pace and bounds of the engine. Configuration section <c>remediation:engine</c>.</summary>
public sealed class EngineOptions
{
    /// <summary>Signals accepted but not yet correlated; beyond it, webhooks are answered 503 so that the sender keeps them.</summary>
    /// <value>Signals. Default 200 000.</value>
    [Range(100, 10_000_000)] public int PendingSignalsMax { get; set; } = 200_000;

    /// <summary>Signals correlated in one transaction.</summary>
    /// <value>Signals. Default 2 000.</value>
    [Range(1, 50_000)] public int CorrelationBatch { get; set; } = 2_000;

    /// <summary>Incidents worked on at the same time.</summary>
    /// <value>Incidents. Default 8.</value>
    [Range(1, 256)] public int Workers { get; set; } = 8;

    /// <summary>Pieces of evidence kept on an incident.</summary>
    /// <value>Pieces. Default 60.</value>
    [Range(10, 1_000)] public int EvidenceMax { get; set; } = 60;

    /// <summary>Confidence below which a cause counts as not recognised.</summary>
    /// <value>0 to 1. Default 0.40.</value>
    [Range(0.0, 1.0)] public double RecognisedMin { get; set; } = 0.40;

    /// <summary>How often a step may be put off (API away, target busy, cooldown) before a person takes over.</summary>
    /// <value>Times. Default 12.</value>
    [Range(1, 1_000)] public int PostponeMax { get; set; } = 12;

    /// <summary>The first pause before a failed step is repeated; doubles up to <see cref="PauseMax"/>.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause that the doubling reaches.</summary>
    /// <value>Default 1 minute.</value>
    public TimeSpan PauseMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest that one call of a driver, a workload or a metric source may take.</summary>
    /// <value>Default 30 s.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two looks of a validation.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan ValidationInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Replaces every action's soak when set, for demonstrations and tests.</summary>
    /// <value>Default none: each action's own.</value>
    public TimeSpan? SoakOverride { get; set; }

    /// <summary>Replaces every action's time to settle when set, for demonstrations and tests.</summary>
    /// <value>Default none: each action's own.</value>
    public TimeSpan? SettleOverride { get; set; }

    /// <summary>Time that the originating alert may take to resolve after the workload is well.</summary>
    /// <value>Default 10 minutes (Alertmanager's group interval of 5 minutes, twice).</value>
    public TimeSpan AlertResolveWithin { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The kubelet's first restart back-off; a fix has to outlast the present one. 10 s in every release so far.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan KubeletBackOff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Error rate after ÷ before from which the effect made things worse.</summary>
    /// <value>A factor. Default 2.</value>
    [Range(1.0, 100.0)] public double ErrorRateFactorMax { get; set; } = 2.0;

    /// <summary>Error rate below which a rise is noise, however large the factor.</summary>
    /// <value>0 to 1. Default 0.01.</value>
    [Range(0.0, 1.0)] public double ErrorRateNoise { get; set; } = 0.01;

    /// <summary>How often due incidents and notices are looked for in the store, beside the timers kept in memory.</summary>
    /// <value>Default 5 s.</value>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);
}
