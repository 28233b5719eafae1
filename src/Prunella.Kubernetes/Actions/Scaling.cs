using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>What scaling up and scaling down share.</summary>
internal static class Scaling
{
    internal static readonly string[] Kinds = ["Deployment", "StatefulSet"];

    /// <summary>The autoscaler that owns the number of replicas; null when none does.</summary>
    internal static async Task<V1HorizontalPodAutoscaler?> AutoscalerAsync(ClusterApi api, WorkloadView view, CancellationToken cancellation) =>
        (await api.ListAsync<V1HorizontalPodAutoscaler>(ApiKind.HorizontalPodAutoscaler, view.Proposal.Target.Namespace, cancellation))
            .FirstOrDefault(scaler => scaler.Spec?.ScaleTargetRef is { } reference && reference.Kind == view.Proposal.Target.Kind && reference.Name == view.Proposal.Target.Name);

    internal static string AutoscalerBlocker(V1HorizontalPodAutoscaler scaler) => string.Create(CultureInfo.InvariantCulture,
        $"HorizontalPodAutoscaler {scaler.Metadata.Name} sets the replicas ({scaler.Spec.MinReplicas ?? 1} to {scaler.Spec.MaxReplicas}) and would take the change back; adjust-hpa changes its bounds.");

    internal static JsonObject Patch(int replicas) => new() { ["spec"] = new JsonObject { ["replicas"] = replicas } };
}
