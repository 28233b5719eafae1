using System.Collections.Frozen;
using k8s.Models;

namespace Prunella.Sandbox.Resources;

/// <summary>Every kind the sandbox serves.</summary>
internal static class ResourceCatalogue
{
    public static readonly ResourceType Namespaces = new("", "v1", "namespaces", "Namespace", typeof(V1Namespace))
        { Namespaced = false, ShortNames = ["ns"], HasStatus = true, SelectableFields = ["status.phase"] };

    public static readonly ResourceType Nodes = new("", "v1", "nodes", "Node", typeof(V1Node))
        { Namespaced = false, ShortNames = ["no"], HasStatus = true, SelectableFields = ["spec.unschedulable"] };

    public static readonly ResourceType Pods = new("", "v1", "pods", "Pod", typeof(V1Pod))
    {
        ShortNames = ["po"], InAll = true, HasStatus = true, ReturnsDeleted = true,
        SelectableFields = ["spec.nodeName", "status.phase", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.podIP", "status.nominatedNodeName"],
    };

    public static readonly ResourceType Deployments = new("apps", "v1", "deployments", "Deployment", typeof(V1Deployment))
        { ShortNames = ["deploy"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true };

    public static readonly ResourceType ReplicaSets = new("apps", "v1", "replicasets", "ReplicaSet", typeof(V1ReplicaSet))
        { ShortNames = ["rs"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true };

    public static readonly ResourceType StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet", typeof(V1StatefulSet))
        { ShortNames = ["sts"], InAll = true, HasStatus = true, HasScale = true, HasGeneration = true };

    public static readonly ResourceType DaemonSets = new("apps", "v1", "daemonsets", "DaemonSet", typeof(V1DaemonSet))
        { ShortNames = ["ds"], InAll = true, HasStatus = true, HasGeneration = true };

    public static readonly ResourceType ControllerRevisions = new("apps", "v1", "controllerrevisions", "ControllerRevision", typeof(V1ControllerRevision));

    public static readonly ResourceType Jobs = new("batch", "v1", "jobs", "Job", typeof(V1Job))
        { InAll = true, HasStatus = true, SelectableFields = ["status.successful"] };

    public static readonly ResourceType CronJobs = new("batch", "v1", "cronjobs", "CronJob", typeof(V1CronJob))
        { ShortNames = ["cj"], InAll = true, HasStatus = true, Served = [new("batch", "v1"), new("batch", "v1beta1")] };

    public static readonly ResourceType Services = new("", "v1", "services", "Service", typeof(V1Service))
        { ShortNames = ["svc"], InAll = true, HasStatus = true, SelectableFields = ["spec.clusterIP", "spec.type"] };

    public static readonly ResourceType Endpoints = new("", "v1", "endpoints", "Endpoints", typeof(V1Endpoints)) { ShortNames = ["ep"] };

    public static readonly ResourceType EndpointSlices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", typeof(V1EndpointSlice))
        { Served = [new("discovery.k8s.io", "v1"), new("discovery.k8s.io", "v1beta1")] };

    public static readonly ResourceType ConfigMaps = new("", "v1", "configmaps", "ConfigMap", typeof(V1ConfigMap)) { ShortNames = ["cm"] };
    public static readonly ResourceType Secrets = new("", "v1", "secrets", "Secret", typeof(V1Secret)) { SelectableFields = ["type"] };

    public static readonly ResourceType ServiceAccounts = new("", "v1", "serviceaccounts", "ServiceAccount", typeof(V1ServiceAccount))
        { ShortNames = ["sa"], ReturnsDeleted = true };

    public static readonly ResourceType Claims = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", typeof(V1PersistentVolumeClaim))
        { ShortNames = ["pvc"], HasStatus = true, ReturnsDeleted = true };

    public static readonly ResourceType Volumes = new("", "v1", "persistentvolumes", "PersistentVolume", typeof(V1PersistentVolume))
        { Namespaced = false, ShortNames = ["pv"], HasStatus = true, ReturnsDeleted = true };

    public static readonly ResourceType StorageClasses = new("storage.k8s.io", "v1", "storageclasses", "StorageClass", typeof(V1StorageClass))
        { Namespaced = false, ShortNames = ["sc"] };

    public static readonly ResourceType Events = new("", "v1", "events", "Event", typeof(Corev1Event))
    {
        ShortNames = ["ev"], Served = [new("", "v1"), new("events.k8s.io", "v1")],
        SelectableFields =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "type", "source", "reportingComponent",
        ],
    };

    public static readonly ResourceType Leases = new("coordination.k8s.io", "v1", "leases", "Lease", typeof(V1Lease)) { NeedsVersionOnUpdate = true };

    public static readonly ResourceType Budgets = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", typeof(V1PodDisruptionBudget))
    {
        ShortNames = ["pdb"], HasStatus = true, HasGeneration = true, NeedsVersionOnUpdate = true,
        Served = [new("policy", "v1"), new("policy", "v1beta1")],
    };

    public static readonly ResourceType Autoscalers = new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", typeof(V2HorizontalPodAutoscaler))
    {
        ShortNames = ["hpa"], InAll = true, HasStatus = true,
        Served = [new("autoscaling", "v2"), new("autoscaling", "v1"), new("autoscaling", "v2beta2")],
    };

    public static readonly ResourceType NetworkPolicies = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", typeof(V1NetworkPolicy))
        { ShortNames = ["netpol"], HasGeneration = true };

    public static readonly ResourceType Ingresses = new("networking.k8s.io", "v1", "ingresses", "Ingress", typeof(V1Ingress))
        { ShortNames = ["ing"], HasStatus = true, HasGeneration = true };

    public static readonly ResourceType IngressClasses = new("networking.k8s.io", "v1", "ingressclasses", "IngressClass", typeof(V1IngressClass))
        { Namespaced = false, HasGeneration = true };

    public static readonly ResourceType Quotas = new("", "v1", "resourcequotas", "ResourceQuota", typeof(V1ResourceQuota))
        { ShortNames = ["quota"], HasStatus = true, ReturnsDeleted = true };

    public static readonly ResourceType LimitRanges = new("", "v1", "limitranges", "LimitRange", typeof(V1LimitRange)) { ShortNames = ["limits"] };
    public static readonly ResourceType PodTemplates = new("", "v1", "podtemplates", "PodTemplate", typeof(V1PodTemplate)) { ReturnsDeleted = true };
    public static readonly ResourceType Roles = new("rbac.authorization.k8s.io", "v1", "roles", "Role", typeof(V1Role));
    public static readonly ResourceType RoleBindings = new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", typeof(V1RoleBinding));
    public static readonly ResourceType ClusterRoles = new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", typeof(V1ClusterRole)) { Namespaced = false };

    public static readonly ResourceType ClusterRoleBindings =
        new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", typeof(V1ClusterRoleBinding)) { Namespaced = false };

    public static readonly ResourceType PriorityClasses =
        new("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", typeof(V1PriorityClass)) { Namespaced = false, ShortNames = ["pc"], HasGeneration = true };

    public static readonly ResourceType MutatingWebhooks =
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", typeof(V1MutatingWebhookConfiguration)) { Namespaced = false, HasGeneration = true };

    public static readonly ResourceType ValidatingWebhooks =
        new("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", typeof(V1ValidatingWebhookConfiguration)) { Namespaced = false, HasGeneration = true };

    public static readonly IReadOnlyList<ResourceType> All =
    [
        Namespaces, Nodes, Pods, Services, Endpoints, ConfigMaps, Secrets, ServiceAccounts, Claims, Volumes, Events, Quotas, LimitRanges, PodTemplates,
        Deployments, ReplicaSets, StatefulSets, DaemonSets, ControllerRevisions, Jobs, CronJobs, Autoscalers, Budgets, NetworkPolicies, Ingresses, IngressClasses,
        EndpointSlices, Leases, StorageClasses, Roles, RoleBindings, ClusterRoles, ClusterRoleBindings, PriorityClasses, MutatingWebhooks, ValidatingWebhooks,
    ];

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> byPath =
        All.SelectMany(type => type.Served.Select(served => ((served.Group, served.Version, type.Plural), type))).ToFrozenDictionary(pair => pair.Item1, pair => pair.type);

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), ResourceType> byKind =
        All.SelectMany(type => type.Served.Select(served => ((served.ApiVersion, type.Kind), type))).ToFrozenDictionary(pair => pair.Item1, pair => pair.type);

    public static ResourceType? Find(string group, string version, string plural) => byPath.GetValueOrDefault((group, version, plural));

    public static ResourceType? FindKind(string? apiVersion, string? kind) => byKind.GetValueOrDefault((apiVersion ?? "", kind ?? ""));

    /// <summary>The groups besides the core one, with their versions, the preferred first.</summary>
    public static IEnumerable<(string Group, string[] Versions)> Groups() =>
        All.SelectMany(type => type.Served).Where(served => served.Group.Length > 0)
            .GroupBy(served => served.Group).Select(group => (group.Key, group.Select(served => served.Version).Distinct().Order(VersionOrder).ToArray()));

    private static readonly Comparer<string> VersionOrder = Comparer<string>.Create((one, other) => Rank(one).CompareTo(Rank(other)));

    // v2 before v1 before v2beta2 before v1beta1: stable first, then the newer.
    private static int Rank(string version) => (version.Contains("beta", StringComparison.Ordinal) ? 100 : 0) - (version[1] - '0');
}
