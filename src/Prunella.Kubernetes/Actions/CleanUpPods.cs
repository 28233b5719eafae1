using System.Globalization;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Removes the remains of pods that a node ended: evicted, lost, rejected. Their controller has made others. It goes by the
/// eviction of pods that have ended, which takes no budget, so that no permission to delete pods is needed.
/// </summary>
internal sealed class CleanUpPods(ActionTools tools) : IKubernetesAction
{
    private const int PodsMax = 50;

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "clean-up-pods",
        Summary = "Removes pods of a workload that a node has ended (evicted, rejected) once their controller has replaced them.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.None,
        TargetKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
        Soak = TimeSpan.FromSeconds(10),
        Risks = "The status and the logs of the ended pods are gone; the message of their end is kept in the incident.",
    };

    public async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var snapshot = await tools.Reader.ReadAsync(proposal.Target, cancellation);
        if (snapshot is null) return ActionPlan.Blocked(proposal, $"{proposal.Target} does not exist.");
        var ended = snapshot.Pods.Where(IsRemains).OrderBy(pod => pod.Metadata.CreationTimestamp).Take(PodsMax).ToList();
        if (ended.Count == 0) return ActionPlan.Blocked(proposal, $"{proposal.Target} has no pod that a node has ended.");
        return new ActionPlan
        {
            Proposal = proposal,
            Diff = string.Concat(ended.Select(pod => string.Create(CultureInfo.InvariantCulture, $"Pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} ({InertText.OneLine(pod.Status.Reason, 60)}) is removed.\n"))),
            Objects = [.. ended.Select(pod => new PlannedObject("Pod", pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, null))],
            PodsTotal = snapshot.LivePods,
            WorkloadsAffected = 0,
            ManagedBy = snapshot.State.ManagedBy,
        };
    }

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var removed = new List<string>();
        foreach (var pod in plan.Objects)
        {
            var found = await tools.Api.FindAsync<V1Pod>(ApiKind.Pod, pod.Namespace, pod.Name, cancellation);
            if (found is null || found.Metadata.Uid != pod.Uid || !IsRemains(found)) continue;
            try
            {
                await Evictions.EvictAsync(tools.Api, pod.Namespace, pod.Name, pod.Uid, dryRun: false, cancellation);
                removed.Add(pod.Name);
            }
            catch (ClusterApiException exception) when (exception.Failure is ClusterFailure.NotFound or ClusterFailure.Conflict)
            {
                // Somebody else removed it.
            }
        }
        if (removed.Count == 0) return new Effect(EffectKind.PreconditionFailed, "None of the pods is there any more.");
        return new Effect(EffectKind.Applied, $"Removed {string.Join(", ", removed)}.");
    }

    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var left = 0;
        foreach (var pod in plan.Objects)
            if (await tools.Api.FindAsync<V1Pod>(ApiKind.Pod, pod.Namespace, pod.Name, cancellation) is { } found && found.Metadata.Uid == pod.Uid && found.Metadata.DeletionTimestamp is null) left++;
        return left == plan.Objects.Count
            ? new Observation(ObservationKind.NotApplied, "All of the ended pods are still there.")
            : new Observation(ObservationKind.Applied, string.Create(CultureInfo.InvariantCulture, $"{plan.Objects.Count - left} of {plan.Objects.Count} ended pods are gone."));
    }

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, "Ended pods are not made anew."));

    // A reason on the pod is the kubelet's or the scheduler's word; a pod whose own containers failed has none, and is evidence.
    private static bool IsRemains(V1Pod pod) => pod.Status is { Phase: "Failed", Reason.Length: > 0 } && pod.Metadata.DeletionTimestamp is null && pod.Metadata.OwnerReferences?.Any(owner => owner.Controller == true) == true;
}
