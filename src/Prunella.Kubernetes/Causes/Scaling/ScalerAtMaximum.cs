using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>An autoscaler wants more replicas than it may have.</summary>
public sealed class ScalerAtMaximum : ScalerCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("hpa-at-maximum", 60, CauseLayer.Root, "The condition ScalingLimited is True with TooManyReplicas, or the present replicas are the greatest number while the measure is above its target. At the least number nothing is wrong.", "The bound is raised with an approval.", "adjust-hpa");

    private protected override CauseFinding? Look(ClusterSnapshot snapshot, KubeObject scaler, ObjectRef target, IReadOnlyList<ScalerWord> words)
    {
        var most = scaler.Spec["maxReplicas"].Int();
        if (most <= 0 || scaler.Status["desiredReplicas"].Int() < most) return null;
        var told = words.FirstOrDefault(word => word.Type == "ScalingLimited" && word.Status == "True" && word.Reason == "TooManyReplicas");
        var cpu = scaler.Status["currentCPUUtilizationPercentage"].Int();
        var wanted = scaler.Spec["targetCPUUtilizationPercentage"].Int();
        foreach (var metric in scaler.Status["currentMetrics"].Items)
        {
            if (metric["resource"]["name"].Text != "cpu") continue;
            cpu = metric["resource"]["current"]["averageUtilization"].Int(metric["resource"]["currentAverageUtilization"].Int());
            wanted = scaler.Spec["metrics"].Items.All().FirstOrDefault(asked => asked["resource"]["name"].Text == "cpu")["resource"]["target"]["averageUtilization"].Int(wanted);
        }
        // At its bound and content is no trouble.
        if (told is null && (wanted == 0 || cpu <= wanted)) return null;
        return Found(scaler.Ref, $"maxReplicas {most}", 0.93, Severity.Warning, $"It wants more than the {most} replicas that it may have{(cpu > wanted && wanted > 0 ? $": {cpu} % of the requested CPU are used, {wanted} % are wanted" : "")}.", told?.Evidence ?? Observed.Object(snapshot, scaler, $"desired {scaler.Status["desiredReplicas"].Int()} of at most {most}")) with
        {
            Remedies = [new Remedy("adjust-hpa", $"The load asks for more than {most} replicas.").With("max", (most + (most + 1) / 2).ToString(System.Globalization.CultureInfo.InvariantCulture))],
        };
    }
}
