using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Whether nodes have room for a workload's pods when each of them may use more.</summary>
internal sealed class NodeRoom(ClusterApi api)
{
    private const int NodesMax = 10;

    /// <summary>
    /// Why <paramref name="perPod"/> (bytes or cores) for each of the workload's pods does not fit beside what others have
    /// requested on the nodes where they run; null when it fits on every one of them.
    /// </summary>
    internal async Task<string?> RefusalAsync(WorkloadSnapshot snapshot, string resource, double perPod, CancellationToken cancellation)
    {
        var own = snapshot.Pods.Select(pod => pod.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var placed = snapshot.Pods.Where(pod => pod.IsLive() && !string.IsNullOrEmpty(pod.Spec?.NodeName)).GroupBy(pod => pod.Spec.NodeName).Take(NodesMax).ToList();
        if (placed.Count == 0) return "none of its pods is on a node, so there is no node whose room could be known";
        foreach (var group in placed)
        {
            var node = await api.FindAsync<V1Node>(ApiKind.Node, "", group.Key, cancellation);
            if (node is null) return $"node {group.Key} does not exist any more";
            var allocatable = Quantities.Of(node.Status?.Allocatable, resource);
            if (allocatable is null) return $"node {group.Key} does not say how much {resource} it has";
            var others = (await api.ListAsync<V1Pod>(ApiKind.Pod, "", cancellation, fields: $"spec.nodeName={group.Key}"))
                .Where(pod => !own.Contains(pod.Metadata.Uid) && pod.Status?.Phase is not ("Succeeded" or "Failed")).Sum(pod => Requested(pod.Spec, resource));
            var room = allocatable.Value - others;
            if (room < perPod * group.Count()) return $"node {group.Key} has room for {Show(resource, Math.Max(0, room))} {resource} beside what others requested, and {group.Count()} pods with {Show(resource, perPod)} each would need {Show(resource, perPod * group.Count())}";
        }
        return null;
    }

    /// <summary>What the scheduler sets aside for a pod: the larger of its containers together and its largest init container.</summary>
    internal static double Requested(V1PodSpec spec, string resource)
    {
        var running = spec.Containers.Sum(container => Quantities.Of(container.Resources?.Requests, resource) ?? Quantities.Of(container.Resources?.Limits, resource) ?? 0);
        var starting = spec.InitContainers?.Select(container => Quantities.Of(container.Resources?.Requests, resource) ?? 0).DefaultIfEmpty(0).Max() ?? 0;
        return Math.Max(running, starting) + (Quantities.Of(spec.Overhead, resource) ?? 0);
    }

    private static string Show(string resource, double amount) =>
        resource == "cpu" ? Quantity.FromCores(amount) : Quantity.FromBytes(amount);
}
