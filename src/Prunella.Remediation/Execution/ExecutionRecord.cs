using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Execution;

/// <summary>One execution as limits, cooldowns and breakers see it. Written with the intent, completed with the outcome. Immutable.</summary>
public sealed record ExecutionRecord
{
    /// <summary>This execution's id.</summary>
    public required ExecutionId Id { get; init; }

    /// <summary>The incident that it is for.</summary>
    public required IncidentId Incident { get; init; }

    /// <summary>The action's name.</summary>
    public required string Action { get; init; }

    /// <summary>The action's class at that time.</summary>
    public required ActionClass Class { get; init; }

    /// <summary>What is acted on.</summary>
    public required Target Target { get; init; }

    /// <summary>When the intent was written.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the outcome was written; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How the validation ended; null while it runs, and when nothing was changed.</summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>Whether anything was changed; false when a precondition failed or the API refused.</summary>
    public bool Changed { get; init; } = true;

    /// <summary>When the same trouble came back within the recurrence window after a fix; null when it did not.</summary>
    public DateTimeOffset? RecurredAt { get; init; }

    /// <summary>Whether it counts against the breaker: it ended and did not fix, or the trouble recurred.</summary>
    public bool Failed => FinishedAt is not null && (!Changed || Validation != ValidationResult.Fixed || RecurredAt is not null);
}
