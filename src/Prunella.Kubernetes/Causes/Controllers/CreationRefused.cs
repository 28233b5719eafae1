using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>
/// What the causes of pods that are never made share: what the API answered when the controller asked for a pod, and that the
/// pods are still missing.
/// </summary>
public abstract class CreationRefused : Cause
{
    private protected abstract (string Offender, string Summary, string Advice)? Explain(ClusterSnapshot snapshot, KubeObject workload, string message);

    private protected virtual IEnumerable<ObjectRef> Blames(ClusterSnapshot snapshot, KubeObject workload, string message) => [];

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var workload in snapshot.Of("ReplicaSet").Concat(snapshot.Of("StatefulSet")).Concat(snapshot.Of("DaemonSet")).Concat(snapshot.Of("Job")).Concat(snapshot.Of("Deployment")))
        {
            if (!LacksPods(snapshot, workload) || Refusal(snapshot, workload) is not { } refusal || Explain(snapshot, workload, refusal.Message) is not { } why) continue;
            var top = snapshot.TopOf(workload);
            yield return Found(top, why.Offender, 0.97, Impact.Of(snapshot, top), why.Summary, refusal.Evidence) with { Advice = why.Advice, Blames = [.. Blames(snapshot, workload, refusal.Message)] };
        }
    }

    private static bool LacksPods(ClusterSnapshot snapshot, KubeObject workload) => workload.Kind switch
    {
        "DaemonSet" => workload.Status["currentNumberScheduled"].Int() < workload.Status["desiredNumberScheduled"].Int(),
        "Job" => workload.Status["active"].Int() == 0 && workload.Condition("Complete")["status"].Text != "True" && !workload.Spec["suspend"].IsTrue,
        _ => workload.Spec["replicas"].Int(1) is var asked && (workload.Status["replicas"].Int() < asked || (workload.Status["readyReplicas"].Int() < asked && !snapshot.PodsOf(workload.Ref).Any())),
    };

    /// <summary>What the API answered last; null when it refused nothing.</summary>
    private static (string Message, Evidence Evidence)? Refusal(ClusterSnapshot snapshot, KubeObject workload)
    {
        if (workload.Condition("ReplicaFailure") is { Exists: true } condition && condition["status"].Text == "True") return (condition["message"].Text, Observed.Condition(snapshot, workload, condition));
        var happened = Observed.Events(snapshot, workload.Ref, "FailedCreate").FirstOrDefault();
        return happened is null ? null : (happened.Message, Observed.Event(snapshot, happened));
    }

    private protected static CauseDescriptor Describe(string name, int precedence, string recognisedBy, string done) =>
        new(name, "Workloads", CauseLayer.Root) { RecognisedBy = recognisedBy, Done = done, Family = "creation", Precedence = precedence };
}
