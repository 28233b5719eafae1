using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>Pods of a workload that ran well were ended from outside: deleted, evicted, or lost with their node.</summary>
public sealed class PodsLost : Cause
{
    // A controller ends hundreds of pods in batches, and what came in a gap of the watch is seen late.
    private static readonly TimeSpan ControllerPatience = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("pods-lost", "Workloads", CauseLayer.Symptom)
    {
        RecognisedBy = "Outside of a rollout fewer pods are ready than asked for, pods of the present revision are on their way out or went within the last minute, and those that are left do not fail themselves. Pods that the controller ended because fewer were wished for, and pods of a cordoned node, are not counted. Pods that are gone already are known only to the operator, which saw them go.",
        Done = "The controller replaces them; nothing is changed, and the workload is watched until it serves again and stays so. When it does not, people are told.",
        Actions = ["await-repair"],
        Family = "replicas",
        Precedence = 70,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var gone = snapshot.Gone.ToLookup(snapshot.TopOf);
        foreach (var workload in snapshot.Workloads)
        {
            if (workload.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet") || workload.DeletedAt is not null || RollingOut(workload)) continue;
            var daemon = workload.Kind == "DaemonSet";
            var desired = daemon ? workload.Status["desiredNumberScheduled"].Int() : workload.Spec["replicas"].Int(1);
            var ready = daemon ? workload.Status["numberReady"].Int() : workload.Status["readyReplicas"].Int();
            if (ready >= desired) continue;
            var pods = snapshot.PodsOf(workload.Ref).ToList();
            var live = pods.Where(pod => pod.Live).ToList();
            if (live.Exists(Fails)) continue;
            var lost = pods.Where(pod => pod.Terminating && !pod.Ended).Concat(gone[workload.Ref]).Where(pod => live.TrueForAll(other => Revision(other) == Revision(pod)) && !Drained(snapshot, pod) && !Replaced(snapshot, pod)).DistinctBy(pod => pod.Uid).ToList();
            RemoveEndedByController(snapshot, workload, lost);
            if (lost.Count == 0) continue;
            var evidence = lost.Take(5).Select(pod => Observed.Object(snapshot, pod, pod.Terminating ? "is being deleted" : "is gone", pod.DeletedAt))
                .Prepend(Observed.Object(snapshot, workload, string.Create(CultureInfo.InvariantCulture, $"{ready} of {desired} ready, {live.Count} live pods")));
            yield return Found(workload.Ref, "pods", 0.9, ready == 0 ? Severity.Critical : Severity.Warning,
                $"{Words.Count(lost.Count, "pod", "pods")} that ran well {(lost.Count == 1 ? "was" : "were")} ended from outside; {ready} of {desired} are ready.", evidence) with
            {
                Pods = [.. lost.Select(pod => pod.Name).Take(50)],
                Blames = [.. lost.Select(pod => pod.Node).Where(node => node.Length > 0).Distinct().Select(node => new ObjectRef("Node", "", node))],
                Remedies = [new Remedy("await-repair", "Its controller replaces them by itself.")],
                Advice = "Find out who deleted them: a drain, an autoscaler, a person. When new ones do not come, look at the controller's events.",
            };
        }
    }

    private static bool Fails(Pod pod) => pod.Containers.Any(container => container.Restarts > 0 || container.WaitingReason is not ("" or "ContainerCreating" or "PodInitializing"));

    /// <summary>Somebody empties the node, and has cordoned it before.</summary>
    private static bool Drained(ClusterSnapshot snapshot, Pod pod) => snapshot.Find("Node", "", pod.Node) is { } node && node.Spec["unschedulable"].IsTrue;

    /// <summary>Its replica set is to have none: a release that ends all old pods before the first new one, and has no new replica set yet.</summary>
    private static bool Replaced(ClusterSnapshot snapshot, Pod pod) =>
        pod.Owner is { Kind: "ReplicaSet" } owner && snapshot.Find(owner) is { Owner: not null } set && set.Spec["replicas"].Int(1) == 0;

    /// <summary>Takes away the pods that were ended because fewer were wished for: as many as fewer, asked to end soon after; or those that the controller's events name.</summary>
    private static void RemoveEndedByController(ClusterSnapshot snapshot, KubeObject workload, List<Pod> lost)
    {
        lost.RemoveAll(pod => pod.Owner is { } owner && Observed.Events(snapshot, owner, "SuccessfulDelete").Any(happened => happened.Message.Split(' ').Contains(pod.Name)));
        foreach (var less in snapshot.Shrunk.Where(less => less.Of == workload.Ref))
        {
            foreach (var pod in lost.Where(pod => (AskedToEndAt(pod) ?? snapshot.TakenAt) is var asked && (asked - less.At).Duration() < ControllerPatience).OrderBy(AskedToEndAt).Take(less.By).ToList()) lost.Remove(pod);
        }
    }

    /// <summary>When its end was asked for; its deletion time is the end of its grace. Null when it was ended without any.</summary>
    private static DateTimeOffset? AskedToEndAt(Pod pod) => pod.DeletedAt - TimeSpan.FromSeconds(pod.Metadata["deletionGracePeriodSeconds"].Int());

    private static bool RollingOut(KubeObject workload) => workload.Kind switch
    {
        _ when workload.Metadata["generation"].Whole > workload.Status["observedGeneration"].Whole => true,
        "Deployment" => workload.Condition("Progressing") is { Exists: true } progressing && progressing["reason"].Text != "NewReplicaSetAvailable",
        "StatefulSet" => workload.Status["updateRevision"].Text != workload.Status["currentRevision"].Text,
        _ => false,
    };

    private static string Revision(Pod pod) => pod.Labels.GetValueOrDefault("pod-template-hash") ?? pod.Labels.GetValueOrDefault("controller-revision-hash", "");
}
