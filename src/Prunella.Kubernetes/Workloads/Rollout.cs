using k8s.Models;

namespace Prunella.Kubernetes.Workloads;

/// <summary>What the rollout machinery of deployments, stateful sets and daemon sets says.</summary>
internal static class Rollout
{
    internal const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    /// <summary>Whether a rollout is under way or stuck half-way: what <c>kubectl rollout status</c> would wait for, except for pods that are merely unwell.</summary>
    internal static bool UnderWay(V1Deployment deployment)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        var status = deployment.Status;
        if ((status?.ObservedGeneration ?? 0) < (deployment.Metadata.Generation ?? 0)) return true;
        if (deployment.Spec.Paused == true) return false;
        var updated = status?.UpdatedReplicas ?? 0;
        return updated < desired || (status?.Replicas ?? 0) > updated || status?.Conditions?.Any(condition =>
            condition is { Type: "Progressing", Status: "True", Reason: "ReplicaSetUpdated" or "NewReplicaSetCreated" or "FoundNewReplicaSet" }) == true;
    }

    internal static bool UnderWay(V1StatefulSet set)
    {
        var status = set.Status;
        if ((status?.ObservedGeneration ?? 0) < (set.Metadata.Generation ?? 0)) return true;
        if (set.Spec.UpdateStrategy?.Type == "OnDelete") return false;
        var toUpdate = (set.Spec.Replicas ?? 1) - (set.Spec.UpdateStrategy?.RollingUpdate?.Partition ?? 0);
        return status?.UpdateRevision != status?.CurrentRevision && (status?.UpdatedReplicas ?? 0) < toUpdate;
    }

    internal static bool UnderWay(V1DaemonSet set) =>
        (set.Status?.ObservedGeneration ?? 0) < (set.Metadata.Generation ?? 0) ||
        (set.Spec.UpdateStrategy?.Type != "OnDelete" && (set.Status?.UpdatedNumberScheduled ?? 0) < (set.Status?.DesiredNumberScheduled ?? 0));

    /// <summary>The revision number of a replica set; 0 where it has none.</summary>
    internal static long Revision(V1ReplicaSet set) =>
        set.Metadata.Annotations?.TryGetValue(RevisionAnnotation, out var text) == true && long.TryParse(text, out var number) ? number : 0;

    /// <summary>
    /// When the newest revision was rolled out. A replica set that a rollback took up again is older than its rollout;
    /// then it is when the deployment last made progress.
    /// </summary>
    internal static DateTimeOffset? RolledOutAt(V1Deployment deployment, IEnumerable<V1ReplicaSet> sets)
    {
        var newest = sets.OrderByDescending(Revision).FirstOrDefault();
        if (newest is null) return null;
        return newest.Metadata.Annotations?.ContainsKey("deployment.kubernetes.io/revision-history") == true
            ? PodStates.Time(deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing")?.LastUpdateTime)
            : PodStates.Time(newest.Metadata.CreationTimestamp);
    }

    /// <summary>Pods that a rolling change of the template takes out of service at once.</summary>
    internal static int PodsAtOnce(V1Deployment deployment)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy?.Type == "Recreate") return desired;
        return Share(deployment.Spec.Strategy?.RollingUpdate?.MaxUnavailable?.Value ?? "25%", desired);
    }

    internal static int PodsAtOnce(V1DaemonSet set) =>
        Math.Max(1, Share(set.Spec.UpdateStrategy?.RollingUpdate?.MaxUnavailable?.Value ?? "1", set.Status?.DesiredNumberScheduled ?? 0));

    // maxUnavailable is rounded down: kubernetes/pkg/controller/deployment/util ResolveFenceposts.
    private static int Share(string text, int desired) =>
        text.EndsWith('%') && int.TryParse(text.AsSpan(0, text.Length - 1), out var percent)
            ? desired * percent / 100
            : int.TryParse(text, out var count) ? Math.Min(count, desired) : desired;
}
