namespace Prunella.Kubernetes.Connection;

/// <summary>Where objects of a kind live in the API.</summary>
/// <param name="Name">The kind.</param>
/// <param name="GroupVersion"><c>v1</c>, <c>apps/v1</c>.</param>
/// <param name="Plural">The resource's name.</param>
/// <param name="Namespaced">Whether its objects live in a namespace.</param>
internal sealed record ApiKind(string Name, string GroupVersion, string Plural, bool Namespaced = true)
{
    internal static readonly ApiKind Pod = new("Pod", "v1", "pods");
    internal static readonly ApiKind Node = new("Node", "v1", "nodes", Namespaced: false);
    internal static readonly ApiKind Event = new("Event", "v1", "events");
    internal static readonly ApiKind Service = new("Service", "v1", "services");
    internal static readonly ApiKind ConfigMap = new("ConfigMap", "v1", "configmaps");
    internal static readonly ApiKind PersistentVolumeClaim = new("PersistentVolumeClaim", "v1", "persistentvolumeclaims");
    internal static readonly ApiKind Deployment = new("Deployment", "apps/v1", "deployments");
    internal static readonly ApiKind ReplicaSet = new("ReplicaSet", "apps/v1", "replicasets");
    internal static readonly ApiKind StatefulSet = new("StatefulSet", "apps/v1", "statefulsets");
    internal static readonly ApiKind DaemonSet = new("DaemonSet", "apps/v1", "daemonsets");
    internal static readonly ApiKind ControllerRevision = new("ControllerRevision", "apps/v1", "controllerrevisions");
    internal static readonly ApiKind Job = new("Job", "batch/v1", "jobs");
    internal static readonly ApiKind CronJob = new("CronJob", "batch/v1", "cronjobs");
    internal static readonly ApiKind CronJobBeta = new("CronJob", "batch/v1beta1", "cronjobs");
    internal static readonly ApiKind HorizontalPodAutoscaler = new("HorizontalPodAutoscaler", "autoscaling/v1", "horizontalpodautoscalers");
    internal static readonly ApiKind HorizontalPodAutoscalerV2 = new("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers");
    internal static readonly ApiKind HorizontalPodAutoscalerV2Beta2 = new("HorizontalPodAutoscaler", "autoscaling/v2beta2", "horizontalpodautoscalers");
    internal static readonly ApiKind PodDisruptionBudget = new("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets");
    internal static readonly ApiKind PodDisruptionBudgetBeta = new("PodDisruptionBudget", "policy/v1beta1", "poddisruptionbudgets");
    internal static readonly ApiKind Lease = new("Lease", "coordination.k8s.io/v1", "leases");
    internal static readonly ApiKind NetworkPolicy = new("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies");
    internal static readonly ApiKind Ingress = new("Ingress", "networking.k8s.io/v1", "ingresses");
    internal static readonly ApiKind IngressBeta = new("Ingress", "networking.k8s.io/v1beta1", "ingresses");
    internal static readonly ApiKind Namespace = new("Namespace", "v1", "namespaces", Namespaced: false);
    internal static readonly ApiKind StorageClass = new("StorageClass", "storage.k8s.io/v1", "storageclasses", Namespaced: false);

    private static readonly Dictionary<string, ApiKind> ByName = new[]
    {
        Pod, Node, Service, ConfigMap, PersistentVolumeClaim, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob,
        HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Ingress, Namespace,
    }.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>The kind of that name that targets may have; null for any other.</summary>
    internal static ApiKind? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>As permissions name it: <c>deployments.apps</c>, <c>pods</c>.</summary>
    internal string Resource => GroupVersion.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? $"{Plural}.{GroupVersion[..slash]}" : Plural;

    /// <summary>The path of the objects in a namespace; an empty namespace means all of them.</summary>
    internal string Collection(string @namespace)
    {
        var root = GroupVersion.Contains('/', StringComparison.Ordinal) ? "apis/" : "api/";
        return Namespaced && @namespace.Length > 0
            ? $"{root}{GroupVersion}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}"
            : $"{root}{GroupVersion}/{Plural}";
    }

    /// <summary>The path of one object.</summary>
    internal string Item(string @namespace, string name) => $"{Collection(@namespace)}/{Uri.EscapeDataString(name)}";
}
