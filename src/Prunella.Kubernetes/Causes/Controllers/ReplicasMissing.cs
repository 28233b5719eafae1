using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>Fewer replicas serve than are asked for, beyond what a rollout in progress explains.</summary>
public sealed class ReplicasMissing : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("replicas-missing", "Workloads", CauseLayer.Symptom)
    {
        RecognisedBy = "Fewer pods are ready than asked for, for more than two minutes and outside of a rollout in progress, or a pod was made never although nothing was refused.",
        Done = "Whatever keeps the pods away is treated; alone it is for a person.",
        Family = "replicas",
        Precedence = 80,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var workload in snapshot.Workloads.Where(workload => workload.Kind is "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" && workload.DeletedAt is null))
        {
            var daemon = workload.Kind == "DaemonSet";
            if (!workload.Status.Exists || (!daemon && !workload.Spec["replicas"].Exists && !workload.Status["replicas"].Exists)) continue;
            var desired = daemon ? workload.Status["desiredNumberScheduled"].Int() : workload.Spec["replicas"].Int(1);
            var ready = daemon ? workload.Status["numberReady"].Int() : workload.Status["readyReplicas"].Int();
            if (ready >= desired || IsComing(snapshot, workload)) continue;
            var since = workload.Condition("Available") is { Exists: true } available && available["status"].Text == "False" ? available["lastTransitionTime"].Time : null;
            var evidence = new List<Evidence> { Observed.Object(snapshot, workload, string.Create(CultureInfo.InvariantCulture, $"{ready} of {desired} ready, {workload.Status["replicas"].Int()} exist"), since) };
            if (workload.Condition("Available") is { Exists: true } condition && condition["status"].Text != "True") evidence.Add(Observed.Condition(snapshot, workload, condition));
            yield return Found(workload.Ref, "replicas", 0.7, ready == 0 ? Severity.Critical : Severity.Warning, $"{ready} of {desired} replicas are ready.", evidence) with { Advice = "Look at its pods that are not ready, and at the events of its controller." };
        }
    }

    /// <summary>Whether pods are on their way: a rollout that still makes progress, or a start too short ago.</summary>
    internal static bool IsComing(ClusterSnapshot snapshot, KubeObject workload)
    {
        if (workload.Kind == "Deployment")
        {
            var progressing = workload.Condition("Progressing");
            if (progressing["reason"].Text == "ProgressDeadlineExceeded" || workload.Spec["paused"].IsTrue) return false;
            if (progressing["reason"].Text is "ReplicaSetUpdated" or "NewReplicaSetCreated" or "FoundNewReplicaSet" && progressing["status"].Text == "True") return true;
        }
        var changed = workload.Condition("Available")["lastTransitionTime"].Time ?? snapshot.PodsOf(workload.Ref).Select(pod => pod.Condition("Ready")["lastTransitionTime"].Time ?? pod.CreatedAt).Max() ?? workload.CreatedAt;
        return changed is not null && snapshot.Since(changed) < Patience;
    }
}
