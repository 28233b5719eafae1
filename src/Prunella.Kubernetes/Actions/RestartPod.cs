using System.Globalization;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Evicts one pod, so that its controller makes a new one.</summary>
internal sealed class RestartPod(ActionTools tools) : IKubernetesAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "restart-pod",
        Summary = "Evicts one pod, whose controller starts a new one; disruption budgets are respected.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Pod,
        TargetKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
        Parameters = [new("pod", ParameterKind.Text, "The pod; by default the one that has been unready longest, else the one with most restarts, else the oldest.")],
        Disruptive = true,
        Risks = "The pod's in-memory state and files outside of volumes are lost.",
    };

    public async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var snapshot = await tools.Reader.ReadAsync(proposal.Target, cancellation);
        if (snapshot is null) return ActionPlan.Blocked(proposal, $"{proposal.Target} does not exist.");
        var live = snapshot.Pods.Where(pod => pod.IsLive()).ToList();
        var chosen = values.Text("pod") is { } asked
            ? live.FirstOrDefault(pod => pod.Metadata.Name == asked)
            : live.OrderBy(pod => pod.IsReady()).ThenBy(ReadyChange).ThenByDescending(pod => pod.Restarts()).ThenBy(pod => pod.Metadata.CreationTimestamp).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is null) return ActionPlan.Blocked(proposal, values.Text("pod") is { } missing ? $"{proposal.Target} has no running pod {InertText.OneLine(missing, 100)}." : $"{proposal.Target} has no pod that could be restarted.");
        var plan = new ActionPlan
        {
            Proposal = proposal,
            Diff = string.Create(CultureInfo.InvariantCulture, $"Pod {proposal.Target.Namespace}/{chosen.Metadata.Name} ({(chosen.IsReady() ? "ready" : "not ready")}, {chosen.Restarts()} restarts) on {chosen.Spec?.NodeName ?? "no node"} is evicted; {proposal.Target} starts a new one.\n"),
            Objects = [new PlannedObject("Pod", proposal.Target.Namespace, chosen.Metadata.Name, chosen.Metadata.Uid, null)],
            PodsAffected = 1,
            PodsTotal = live.Count,
            PodsAffectedNotReady = chosen.IsReady() ? 0 : 1,
            ManagedBy = snapshot.State.ManagedBy,
        };
        try
        {
            await Evictions.EvictAsync(tools.Api, proposal.Target.Namespace, chosen.Metadata.Name, chosen.Metadata.Uid, dryRun: true, cancellation);
            return plan with { DisruptionAllowed = true };
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.DisruptionBudget)
        {
            return plan with { DisruptionAllowed = false, Diff = plan.Diff + $"Refused now: {exception.Message}\n" };
        }
        catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.Refused or ClusterFailure.NotFound or ClusterFailure.Conflict or ClusterFailure.ServerError)
        {
            // A pod under two budgets is answered with 500 and can never be evicted.
            return plan with { Blockers = [exception.Message] };
        }
    }

    // Ready pods are not told apart by it: the longest ready one is not the worst.
    private static DateTime ReadyChange(V1Pod pod) =>
        pod.IsReady() ? DateTime.MinValue : pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.LastTransitionTime ?? DateTime.MaxValue;

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var pod = plan.Objects[0];
        var found = await tools.Api.FindAsync<V1Pod>(ApiKind.Pod, pod.Namespace, pod.Name, cancellation);
        if (found is null) return new Effect(EffectKind.PreconditionFailed, $"Pod {pod.Namespace}/{pod.Name} does not exist any more.");
        if (found.Metadata.Uid != pod.Uid) return new Effect(EffectKind.PreconditionFailed, $"Pod {pod.Namespace}/{pod.Name} is another one now.");
        if (!found.IsLive()) return new Effect(EffectKind.PreconditionFailed, $"Pod {pod.Namespace}/{pod.Name} has ended or is being deleted already.");
        if (plan.PodsAffectedNotReady == 1 && found.IsReady()) return new Effect(EffectKind.PreconditionFailed, $"Pod {pod.Namespace}/{pod.Name} has become ready since it was chosen.");
        try
        {
            await Evictions.EvictAsync(tools.Api, pod.Namespace, pod.Name, pod.Uid, dryRun: false, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.DisruptionBudget or ClusterFailure.NotFound or ClusterFailure.Conflict)
        {
            return new Effect(EffectKind.PreconditionFailed, exception.Message);
        }
        var text = $"Pod {pod.Namespace}/{pod.Name} was evicted.";
        await tools.Events.WriteAsync(ApiKind.Pod, pod.Namespace, pod.Name, pod.Uid, execution, $"{Descriptor.Name} (execution {execution}) for {plan.Proposal.Cause}", cancellation);
        return new Effect(EffectKind.Applied, text);
    }

    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var pod = plan.Objects[0];
        var text = "";
        var gone = await tools.SeenAsync(async () =>
        {
            var found = await tools.Api.FindAsync<V1Pod>(ApiKind.Pod, pod.Namespace, pod.Name, cancellation);
            text = found is null ? "does not exist any more" : found.Metadata.Uid != pod.Uid ? "is another one now" : found.Metadata.DeletionTimestamp is not null ? "is being deleted" : "is there and not being deleted";
            return found is null || found.Metadata.Uid != pod.Uid || found.Metadata.DeletionTimestamp is not null;
        }, cancellation);
        return new Observation(gone ? ObservationKind.Applied : ObservationKind.NotApplied, $"Pod {pod.Namespace}/{pod.Name} (uid {pod.Uid}) {text}.");
    }

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, "An eviction has no undo."));
}
