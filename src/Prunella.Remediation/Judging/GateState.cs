using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Judging;

/// <summary>Every fact that the gate looks at, read before it is called. What is null is missing, and missing facts never help.</summary>
public sealed record GateState
{
    /// <summary>When the oldest of these facts was read.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>The catalogue's entry; null for an unknown action.</summary>
    public required ActionDescriptor? Action { get; init; }

    /// <summary>What executing would do; null when it could not be planned.</summary>
    public required ActionPlan? Plan { get; init; }

    /// <summary>The workload; null for a target that is none.</summary>
    public WorkloadState? Workload { get; init; }

    /// <summary>Whether the target is a workload, so that <see cref="Workload"/> must not be null.</summary>
    public bool TargetIsWorkload { get; init; } = true;

    /// <summary>Counts of workloads around; null when they could not be read.</summary>
    public required Surroundings? Surroundings { get; init; }

    /// <summary>Why the kill switch is on; null when it is off.</summary>
    public string? KillSwitch { get; init; }

    /// <summary>The stage of the scope.</summary>
    public required StageState Stage { get; init; }

    /// <summary>The breakers of the three scopes: action+target, namespace, global.</summary>
    public required IReadOnlyList<BreakerState> Breakers { get; init; }

    /// <summary>Why the present moment is outside the allowed window or inside a freeze; null when it is allowed.</summary>
    public string? WindowClosed { get; init; }

    /// <summary>When the window opens again; null when unknown.</summary>
    public DateTimeOffset? WindowOpensAt { get; init; }

    /// <summary>Whether another execution holds the target.</summary>
    public bool TargetBusy { get; init; }

    /// <summary>Starts of the attempts of this action on this target within the last day, newest first.</summary>
    public required IReadOnlyList<DateTimeOffset> RecentAttempts { get; init; }

    /// <summary>Other workloads of the namespace being acted on now.</summary>
    public int NamespaceBusyWorkloads { get; init; }

    /// <summary>Other workloads being acted on now in all.</summary>
    public int BusyWorkloads { get; init; }

    /// <summary>The approval of this digest; null when none was asked or given.</summary>
    public Approval? Approval { get; init; }

    /// <summary>The execution whose trial this is, when judged again at execution.</summary>
    public Incidents.ExecutionId? Execution { get; init; }
}
