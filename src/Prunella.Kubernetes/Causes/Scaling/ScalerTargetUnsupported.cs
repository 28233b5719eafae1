using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>An autoscaler's target is of a kind that cannot be scaled.</summary>
public sealed class ScalerTargetUnsupported : ScalerCause
{
    private static readonly string[] Never = ["DaemonSet", "Job", "CronJob", "Pod", "Service"];

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("hpa-target-unsupported", 5, CauseLayer.Root, "scaleTargetRef names a DaemonSet, Job, Pod or another kind without a scale.", "A person points it at a deployment or stateful set.");

    private protected override CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words)
    {
        if (!Never.Contains(target.Kind)) return null;
        return Found(scaler.Ref, target.Kind, 0.97, Severity.Warning, $"It is to scale {target}, and a {target.Kind} cannot be scaled.", words.Where(word => word.Reason == "FailedGetScale").Select(word => word.Evidence).Append(Observed.Object(snapshot, scaler, $"scaleTargetRef: {target.Kind}/{target.Name}")).Take(2)) with { Advice = "Point scaleTargetRef at a Deployment or StatefulSet, or remove the autoscaler." };
    }
}
