using Prunella.Incidents;

namespace Prunella.Remediation.Stages;

/// <summary>How far automation is trusted in a scope.</summary>
public enum Stage
{
    /// <summary>Observes and records what it would do.</summary>
    Shadow,

    /// <summary>Plans against the API with dry-run and records the diff.</summary>
    DryRun,

    /// <summary>Acts on a stable share of the targets.</summary>
    Canary,

    /// <summary>Acts.</summary>
    Full,
}

/// <summary>One verdict given while a scope was not yet fully trusted, for people to mark right or wrong.</summary>
public sealed record StageDecision
{
    /// <summary>The digest of the proposal; unique.</summary>
    public required string Digest { get; init; }

    /// <summary>The incident.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>The scope: <c>namespace/class</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The stage of the scope at that time.</summary>
    public required Stage Stage { get; init; }

    /// <summary>The action proposed.</summary>
    public required string Action { get; init; }

    /// <summary>What would have been acted on.</summary>
    public required Target Target { get; init; }

    /// <summary>The verdict that full trust would have given.</summary>
    public required string WouldBe { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether a person found it right; null while nobody looked.</summary>
    public bool? Agreed { get; init; }

    /// <summary>Who looked.</summary>
    public string? ReviewedBy { get; init; }

    /// <summary>When they looked.</summary>
    public DateTimeOffset? ReviewedAt { get; init; }

    /// <summary>Why they judged so.</summary>
    public string? ReviewReason { get; init; }
}
