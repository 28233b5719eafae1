using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>What the history of a workload's revisions says.</summary>
internal static class Rollouts
{
    /// <summary>
    /// The way back, when the pod is of the newest revision and an earlier one is there to go back to; null otherwise.
    /// A rollout that failed from the first day has nothing to go back to.
    /// </summary>
    internal static Remedy? Back(ClusterSnapshot snapshot, Pod pod)
    {
        var target = snapshot.TopOf(pod);
        if (target.Kind != "Deployment" || pod.Owner is not { Kind: "ReplicaSet" } owner) return null;
        long present = 0, before = 0;
        var served = false;
        foreach (var set in snapshot.Of("ReplicaSet", target.Namespace))
        {
            if (set.Owner != target) continue;
            var revision = set.Annotations["deployment.kubernetes.io/revision"].Whole ?? 0;
            if (set.Name == owner.Name) present = revision;
            else if (revision > before)
            {
                before = revision;
                served = set.Status["readyReplicas"].Int() > 0;
            }
        }
        return present > before && before > 0
            ? new Remedy("rollback-rollout", served ? $"Revision {before} still serves; revision {present} does not." : $"Revision {before} was there before revision {present}, which fails.")
            : null;
    }

    /// <summary>The way back as a list, to spread into remedies.</summary>
    internal static IReadOnlyList<Remedy> BackOrNone(ClusterSnapshot snapshot, Pod pod) => Back(snapshot, pod) is { } back ? [back] : [];
}
