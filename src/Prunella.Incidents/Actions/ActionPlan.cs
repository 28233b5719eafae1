using System.Text.Json;

namespace Prunella.Incidents.Actions;

/// <summary>
/// What executing a proposal would do right now: read from the target without changing it. Serialisable: it is persisted
/// with the intent, so that a restarted process knows what was about to happen.
/// </summary>
public sealed record ActionPlan
{
    /// <summary>The proposal that it plans.</summary>
    public required Proposal Proposal { get; init; }

    /// <summary>What would change, as text for people: a unified diff of the object, or sentences.</summary>
    public required string Diff { get; init; }

    /// <summary>The exact objects that would be touched, with the preconditions that execution checks again.</summary>
    public IReadOnlyList<PlannedObject> Objects { get; init; } = [];

    /// <summary>Pods that would be disturbed at once.</summary>
    public int PodsAffected { get; init; }

    /// <summary>Pods of the workload in all.</summary>
    public int PodsTotal { get; init; }

    /// <summary>Of the pods affected, those that are not ready now: disturbing them costs nothing.</summary>
    public int PodsAffectedNotReady { get; init; }

    /// <summary>Workloads that would be disturbed.</summary>
    public int WorkloadsAffected { get; init; } = 1;

    /// <summary>Helm, Argo CD or Flux where it manages the object; null otherwise.</summary>
    public string? ManagedBy { get; init; }

    /// <summary>Whether the disruption budget allows it now; null where none applies.</summary>
    public bool? DisruptionAllowed { get; init; }

    /// <summary>The grown resource after ÷ first seen before any growth by Prunella; null where nothing grows.</summary>
    public double? CumulativeGrowth { get; init; }

    /// <summary>Why the action must not run here whatever else holds: out of bounds, no room, wrong kind. Empty when it may.</summary>
    public IReadOnlyList<string> Blockers { get; init; } = [];

    /// <summary>What the driver needs at execution (patches to send, addresses), opaque to everyone else.</summary>
    public JsonElement? DriverState { get; init; }

    /// <summary>How to put back what is there now; null when the action has no undo.</summary>
    public UndoRecord? Undo { get; init; }

    /// <summary>The plan of a proposal that must not run here, and why; it touches nothing.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="why">At least one reason, as sentences for people.</param>
    public static ActionPlan Blocked(Proposal proposal, params IReadOnlyList<string> why) => new() { Proposal = proposal, Diff = "", Blockers = why };
}

/// <summary>An object that a plan touches.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for cluster-wide objects.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">The uid that it must still have; empty for objects without one.</param>
/// <param name="ResourceVersion">The version that was read; at execution a newer one is fine when only status and bookkeeping moved since. Null where the version does not matter.</param>
public sealed record PlannedObject(string Kind, string Namespace, string Name, string Uid, string? ResourceVersion);

/// <summary>The inverse of an execution, recorded before its effect.</summary>
/// <param name="Action">The action that it undoes.</param>
/// <param name="Target">Where.</param>
/// <param name="Summary">What undoing restores, for people.</param>
/// <param name="Before">The state to restore, opaque to everyone but the driver.</param>
public sealed record UndoRecord(string Action, Target Target, string Summary, JsonElement Before);
