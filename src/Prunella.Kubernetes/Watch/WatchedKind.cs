using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Watch;

/// <summary>A kind that the operator keeps in memory.</summary>
/// <param name="Versions">The group versions that clusters in use serve, newest first.</param>
/// <param name="Fields">A field selector; empty for all objects of the kind.</param>
internal sealed record WatchedKind(IReadOnlyList<ApiKind> Versions, string Fields = "")
{
    internal string Name => Versions[0].Name;

    /// <summary>
    /// What the causes look at, as far as the role in deploy/ lets it be read. Of events only warnings, and the kubelet's word
    /// that it kills a container, which tells a failed liveness probe from a crash.
    /// </summary>
    internal static IReadOnlyList<WatchedKind> All { get; } =
    [
        new([ApiKind.Pod]), new([ApiKind.ReplicaSet]), new([ApiKind.Deployment]), new([ApiKind.StatefulSet]), new([ApiKind.DaemonSet]), new([ApiKind.Job]),
        new([ApiKind.CronJob, ApiKind.CronJobBeta]), new([ApiKind.Service]), new([ApiKind.PersistentVolumeClaim]), new([ApiKind.NetworkPolicy]), new([ApiKind.Node]),
        new([ApiKind.PodDisruptionBudget, ApiKind.PodDisruptionBudgetBeta]),
        new([ApiKind.HorizontalPodAutoscalerV2, ApiKind.HorizontalPodAutoscalerV2Beta2, ApiKind.HorizontalPodAutoscaler]),
        new([ApiKind.Ingress, ApiKind.IngressBeta]), new([ApiKind.Namespace]), new([ApiKind.Event], "type=Warning"), new([ApiKind.Event], "type=Normal,reason=Killing"),
    ];
}
