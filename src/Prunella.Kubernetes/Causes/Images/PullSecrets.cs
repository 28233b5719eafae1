using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>Which pull secrets a pod uses.</summary>
internal static class PullSecrets
{
    /// <summary>Those that the pod names, then its service account's.</summary>
    internal static IEnumerable<string> Of(ClusterSnapshot snapshot, Pod pod)
    {
        var account = snapshot.Find("ServiceAccount", pod.Namespace, pod.Spec["serviceAccountName"].TextOrNull ?? "default");
        return pod.Spec["imagePullSecrets"].Items.All().Concat(account?.Root["imagePullSecrets"].Items.All() ?? []).Select(secret => secret["name"].Text).Where(name => name.Length > 0).Distinct();
    }
}
