using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Reads every fact that the gate looks at. What cannot be read is null and never helps. Thread-safe.</summary>
public sealed class GateStateReader(
    IRemediationStore store, IWorkloadSource workloads, StageBook stages, BreakerBook breakers, KillSwitch killSwitch, WindowClock windows,
    GateOptions gate, TimeProvider time)
{
    private static readonly HashSet<string> WorkloadKinds = new(StringComparer.Ordinal) { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Pod" };

    /// <summary>Whether the target is a workload, whose state must be known before anything is done to it.</summary>
    public static bool IsWorkload(Target target) => target is not null && WorkloadKinds.Contains(target.Kind);

    /// <summary>Reads the state for a proposal.</summary>
    public async Task<GateState> ReadAsync(Proposal proposal, ActionDescriptor? action, ActionPlan? plan, ExecutionId? execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var readAt = time.GetUtcNow();
        var target = proposal.Target;
        var switched = await killSwitch.ReadAsync(cancellation).ConfigureAwait(false);
        var attempts = await store.ExecutionsAsync(
            new ExecutionQuery { TargetKey = target.Key, Action = proposal.Action, Since = readAt - TimeSpan.FromDays(1), Max = gate.AttemptsPerDayMax + 1 }, cancellation).ConfigureAwait(false);
        var running = await store.OpenExecutionsAsync(cancellation).ConfigureAwait(false);
        var others = running.Where(other => other.Id != execution && other.Target.Key != target.Key).DistinctBy(other => other.Target.Key).ToList();
        var approval = await store.FindApprovalAsync(proposal.Digest, cancellation).ConfigureAwait(false);
        var closed = windows.ClosedFor(target, readAt, out var opensAt);
        return new GateState
        {
            ReadAt = readAt,
            Action = action,
            Plan = plan,
            TargetIsWorkload = IsWorkload(target),
            Workload = IsWorkload(target) ? await TryAsync(() => workloads.ReadAsync(target, cancellation)).ConfigureAwait(false) : null,
            Surroundings = await TryAsync<Surroundings>(async () => await workloads.SurveyAsync(target, cancellation).ConfigureAwait(false)).ConfigureAwait(false),
            KillSwitch = switched.On ? $"{switched.Reason} ({switched.By})" : null,
            Stage = await stages.ReadAsync(target, action is null ? ActionClass.NeedsApproval : Gate.ClassOf(action, gate), cancellation).ConfigureAwait(false),
            Breakers = await breakers.ReadAsync(target, proposal.Action, cancellation).ConfigureAwait(false),
            WindowClosed = closed,
            WindowOpensAt = opensAt,
            TargetBusy = running.Any(other => other.Id != execution && other.Target.Key == target.Key),
            RecentAttempts = [.. attempts.Where(attempt => attempt.Id != execution).Select(attempt => attempt.StartedAt)],
            NamespaceBusyWorkloads = others.Count(other => other.Target.Cluster == target.Cluster && other.Target.Namespace == target.Namespace),
            BusyWorkloads = others.Count,
            Approval = approval,
            Execution = execution,
        };
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> read) where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (WorkloadUnreadableException)
        {
            return null;
        }
    }
}
