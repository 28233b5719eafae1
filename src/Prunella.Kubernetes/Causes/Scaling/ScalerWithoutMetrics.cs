using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>An autoscaler gets no metrics to reckon with.</summary>
public sealed class ScalerWithoutMetrics : ScalerCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("hpa-without-metrics", 40, CauseLayer.Failure, "The controller says FailedGet…Metric: the metrics API is absent or knows nothing of the pods.", "A person brings the metrics server or adapter back; pods in trouble explain it.");

    private protected override CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words)
    {
        var told = words.FirstOrDefault(word => word.Status == "False" && word.Reason.StartsWith("FailedGet", StringComparison.Ordinal) && word.Reason != "FailedGetScale");
        if (told is null || snapshot.Find(target) is { Kind: "Deployment" or "StatefulSet" } workload && workload.Spec["replicas"].Whole == 0) return null;
        var absent = told.Message.Contains("could not find the requested resource", StringComparison.Ordinal) || told.Message.Contains("no metrics returned", StringComparison.Ordinal) || told.Message.Contains("unable to fetch metrics", StringComparison.Ordinal);
        return Found(scaler.Ref, told.Reason, 0.9, Severity.Warning, absent ? $"It gets no metrics, so it cannot scale {target}: {told.Message}" : $"It cannot scale {target}: {told.Message}", told.Evidence) with
        {
            Blames = [target, new ObjectRef("Deployment", "kube-system", "metrics-server")], Advice = "Check that the metrics API is served (kubectl get apiservice v1beta1.metrics.k8s.io) and that the metrics server runs.",
        };
    }
}
