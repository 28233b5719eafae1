using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>An autoscaler's target does not exist.</summary>
public sealed class ScalerTargetMissing : ScalerCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("hpa-target-missing", 10, CauseLayer.Root, "The object of scaleTargetRef is not in the namespace, or the controller says FailedGetScale not found.", "A person corrects the name.") with { MayComeLater = true };

    private protected override CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words)
    {
        if (snapshot.Find(target) is not null || target.Kind is not ("Deployment" or "StatefulSet" or "ReplicaSet" or "ReplicationController" or "")) return null;
        var told = words.FirstOrDefault(word => word.Reason == "FailedGetScale");
        if (told is null && !snapshot.Knows(target.Kind, scaler.Namespace)) return null;
        return Found(scaler.Ref, target.ToString(), 0.96, Severity.Warning, $"{target}, which it is to scale, does not exist.", told?.Evidence ?? Observed.Object(snapshot, scaler, $"scaleTargetRef: {target.Kind}/{target.Name}")) with { Advice = "Correct scaleTargetRef, or remove the autoscaler." };
    }
}
