using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>
/// The quick look at one object that decides whether its namespace is diagnosed at all. Says yes too often rather than too
/// seldom: the causes tell what is trouble and what is a rollout, a retry or a start. Pure; some hundred nanoseconds a pod.
/// </summary>
internal static class TroubleSigns
{
    /// <summary>Whether a change is worth a look.</summary>
    internal static bool Matters(in SeenChange change)
    {
        if (change.After is not { } after) return change.Before is Pod { Phase: not "Succeeded" } || (change.Before is { } before && Shows(before));
        if (Shows(after)) return true;
        // What stopped showing signs is looked at once more, so that its end is noticed as early as its beginning.
        return change.Before is { } known && (Shows(known) || Reshaped(known, after));
    }

    /// <summary>Whether an object shows a sign of trouble.</summary>
    internal static bool Shows(KubeObject seen) => seen switch
    {
        Pod pod => Shows(pod),
        KubeEvent happened => happened.Warning || happened.Reason == "Killing",
        _ => seen.Kind switch
        {
            "Deployment" or "StatefulSet" or "ReplicaSet" => seen.Status["readyReplicas"].Int() < seen.Spec["replicas"].Int(1) || Bad(seen),
            "DaemonSet" => seen.Status["numberReady"].Int() < seen.Status["desiredNumberScheduled"].Int(),
            "Job" => seen.Condition("Failed")["status"].Text == "True",
            "Node" => NodeShows(seen),
            "Namespace" => seen.DeletedAt is not null,
            "PersistentVolumeClaim" => seen.Status["phase"].Text is "Pending" or "Lost",
            "HorizontalPodAutoscaler" => Bad(seen) || seen.Status["currentReplicas"].Int() >= seen.Spec["maxReplicas"].Int(int.MaxValue),
            _ => false,
        },
    };

    /// <summary>Whether the scheduler found no node for a pod.</summary>
    internal static bool WaitsForAPlace(KubeObject? seen) => seen is Pod pod && pod.Condition("PodScheduled")["status"].Text == "False";

    private static bool Shows(Pod pod)
    {
        if (pod.Phase == "Succeeded") return false;
        if (pod.Terminating || pod.Phase == "Failed") return true;
        if (WaitsForAPlace(pod)) return true;
        if (pod.Phase == "Running" && !pod.Ready) return true;
        foreach (var container in pod.Containers)
        {
            if (container.WaitingReason is not ("" or "ContainerCreating" or "PodInitializing")) return true;
            if (container.Restarts > 0 || (container.ExitCode is not (null or 0))) return true;
        }
        return false;
    }

    private static bool NodeShows(KubeObject node)
    {
        foreach (var condition in node.Status["conditions"].Items)
            if (condition["status"].Text != (condition["type"].Text == "Ready" ? "True" : "False")) return true;
        return node.Spec["unschedulable"].IsTrue;
    }

    private static bool Bad(KubeObject seen)
    {
        foreach (var condition in seen.Status["conditions"].Items)
        {
            var holds = condition["status"].Text == "True";
            if (condition["type"].Text is "ReplicaFailure" or "ScalingLimited" ? holds : !holds) return true;
        }
        return false;
    }

    /// <summary>Whether the wish changed, or what selectors go by: a service that lost its pods shows no sign itself.</summary>
    private static bool Reshaped(KubeObject before, KubeObject after) =>
        after.Kind is "Service" or "NetworkPolicy" or "PodDisruptionBudget" or "CronJob"
        || before.Metadata["generation"].Whole != after.Metadata["generation"].Whole
        || (after is Pod && !(before.Labels.Count == after.Labels.Count && before.Labels.All(label => after.Labels.GetValueOrDefault(label.Key) == label.Value)));
}
