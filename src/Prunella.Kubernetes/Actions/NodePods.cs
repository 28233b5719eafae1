using k8s.Models;

namespace Prunella.Kubernetes.Actions;

/// <summary>What draining a node would do with one of its pods.</summary>
internal enum DrainFate
{
    /// <summary>It is evicted.</summary>
    Evict,

    /// <summary>It stays: its daemon set or the kubelet itself would start it again at once.</summary>
    Stay,

    /// <summary>Nothing would start it elsewhere.</summary>
    Bare,

    /// <summary>It keeps files on the node, which would be lost.</summary>
    LocalStorage,
}

/// <summary>Sorts a node's pods for draining, by the rules of <c>kubectl drain</c>.</summary>
internal static class NodePods
{
    internal static DrainFate FateOf(V1Pod pod, bool alsoLocalStorage)
    {
        var controller = pod.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);
        if (controller?.Kind is "DaemonSet" or "Node" || pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") == true) return DrainFate.Stay;
        if (pod.Metadata.DeletionTimestamp is not null) return DrainFate.Stay;
        // A pod that has ended loses nothing, wherever it kept it.
        if (pod.Status?.Phase is "Succeeded" or "Failed") return DrainFate.Evict;
        if (controller is null) return DrainFate.Bare;
        var keepsFiles = pod.Spec?.Volumes?.Any(volume => volume.EmptyDir is not null || volume.HostPath is not null) == true;
        return keepsFiles && !alsoLocalStorage ? DrainFate.LocalStorage : DrainFate.Evict;
    }
}
