using k8s.Models;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Who else writes an object's specification, so that a patch of ours would be undone or drift from its truth.</summary>
internal static class Management
{
    private static readonly HashSet<string> BuiltInOwners = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Node"];

    /// <summary>Helm, Argo CD, Flux, or the custom resource that owns the object; null when nobody does.</summary>
    internal static string? Of(V1ObjectMeta metadata)
    {
        var labels = metadata.Labels ?? new Dictionary<string, string>();
        var annotations = metadata.Annotations ?? new Dictionary<string, string>();
        if (Has(labels, "kustomize.toolkit.fluxcd.io/", out var kustomization)) return $"Flux ({kustomization})";
        if (Has(labels, "helm.toolkit.fluxcd.io/", out var release)) return $"Flux ({release})";
        if (annotations.TryGetValue("argocd.argoproj.io/tracking-id", out var tracking)) return $"Argo CD ({InertText.OneLine(tracking, 100)})";
        if (labels.TryGetValue("argocd.argoproj.io/instance", out var instance)) return $"Argo CD ({instance})";
        if (annotations.TryGetValue("meta.helm.sh/release-name", out var helm)) return $"Helm ({InertText.OneLine(helm, 100)})";
        if (labels.TryGetValue("app.kubernetes.io/managed-by", out var manager))
        {
            if (manager.Equals("Helm", StringComparison.OrdinalIgnoreCase)) return "Helm";
            if (manager.Equals("Argo CD", StringComparison.OrdinalIgnoreCase) || manager.Equals("argocd", StringComparison.OrdinalIgnoreCase)) return "Argo CD";
            if (manager.StartsWith("flux", StringComparison.OrdinalIgnoreCase)) return "Flux";
        }
        return metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true && !BuiltInOwners.Contains(owner.Kind)) is { } custom
            ? $"{custom.Kind} {custom.Name}"
            : null;
    }

    private static bool Has(IDictionary<string, string> entries, string prefix, out string value)
    {
        value = entries.FirstOrDefault(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Value ?? "";
        return value.Length > 0;
    }
}
