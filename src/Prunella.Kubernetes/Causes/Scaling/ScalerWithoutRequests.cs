using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>An autoscaler reckons with a share of requests that the pods do not make.</summary>
public sealed class ScalerWithoutRequests : ScalerCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("hpa-without-requests", 15, CauseLayer.Root, "The target's use of cpu or memory is given as a share, and a container of the pod template requests none.", "A person sets the request.");

    private protected override CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words)
    {
        if (snapshot.Find(target) is not { } workload) return null;
        var shares = scaler.Spec["metrics"].Items.All().Where(metric => metric["resource"]["target"]["type"].Text == "Utilization" || metric["resource"]["targetAverageUtilization"].Exists).Select(metric => metric["resource"]["name"].Text).ToList();
        if (scaler.Spec["targetCPUUtilizationPercentage"].Exists) shares.Add("cpu");
        foreach (var resource in shares)
        {
            var without = ClusterSnapshot.Template(workload)["spec"]["containers"].Items.All().Where(container => container["resources"]["requests"][resource].Quantity is null && container["resources"]["limits"][resource].Quantity is null).Select(container => container["name"].Text).ToList();
            // A limit range may give the request that the template lacks: what the pods have counts.
            if (without.Count == 0 || (snapshot.PodsOf(target).Any() && snapshot.PodsOf(target).All(pod => pod.Containers.Where(container => !container.Init).All(container => container.Request(resource) is not null)))) continue;
            return Found(scaler.Ref, $"{resource} request of {Words.List(without)}", 0.95, Severity.Warning, $"It scales by the share of requested {resource}, and container {Words.List(without)} of {target} requests none, so it cannot scale.",
                words.Where(word => word.Reason is "FailedGetResourceMetric" or "FailedComputeMetricsReplicas").Select(word => word.Evidence).Take(1).Append(Observed.Object(snapshot, workload, $"no {resource} request for container {Words.List(without)}"))) with { Advice = $"Set a {resource} request for container {Words.List(without)}." };
        }
        return null;
    }
}
