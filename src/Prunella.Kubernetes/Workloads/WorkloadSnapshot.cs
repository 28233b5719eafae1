using k8s.Models;
using Prunella.Incidents.Workloads;

namespace Prunella.Kubernetes.Workloads;

/// <summary>A workload with the typed objects that its state was computed from, read together.</summary>
internal sealed record WorkloadSnapshot
{
    internal required WorkloadState State { get; init; }

    internal required V1ObjectMeta Metadata { get; init; }

    /// <summary>Its pods, also those on their way out.</summary>
    internal IReadOnlyList<V1Pod> Pods { get; init; } = [];

    /// <summary>The pod template; null for kinds without one.</summary>
    internal V1PodTemplateSpec? Template { get; init; }

    /// <summary>A deployment's replica sets, newest revision first.</summary>
    internal IReadOnlyList<V1ReplicaSet> ReplicaSets { get; init; } = [];

    /// <summary>A stateful or daemon set's revisions, newest first.</summary>
    internal IReadOnlyList<V1ControllerRevision> Revisions { get; init; } = [];

    /// <summary>Pods that a change of the template takes out of service at once.</summary>
    internal int PodsAtOnce { get; init; }

    internal int LivePods => Pods.Count(pod => pod.IsLive());

    internal int NotReadyPods => Pods.Count(pod => pod.IsLive() && !pod.IsReady());
}
