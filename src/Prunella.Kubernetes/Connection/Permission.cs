namespace Prunella.Kubernetes.Connection;

/// <summary>What the API is asked for, and why. <c>deploy/rbac.yaml</c> is written from it; a test holds it against what is asked for indeed.</summary>
/// <param name="Role">The role that grants it.</param>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Resources">The resources.</param>
/// <param name="Verbs">The verbs.</param>
/// <param name="Use">What for.</param>
internal sealed record Permission(string Role, string Group, string[] Resources, string[] Verbs, string Use)
{
    internal const string Read = "prunella-read";
    internal const string Act = "prunella-act";
    internal const string ActOnNodes = "prunella-act-on-nodes";
    internal const string Lead = "prunella-lead";

    private static readonly string[] Seen = ["get", "list", "watch"];

    /// <summary>Every one.</summary>
    internal static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, "", ["pods", "services", "nodes", "persistentvolumeclaims"], Seen, "find targets, gather evidence, notice trouble"),
        new(Read, "", ["events"], ["list", "watch"], "evidence"),
        new(Read, "", ["namespaces"], Seen, "what ends with its namespace is no trouble; one that does not end is"),
        new(Read, "", ["pods/log"], ["get"], "evidence"),
        new(Read, "apps", ["deployments", "replicasets", "statefulsets", "daemonsets"], Seen, "find targets, count workloads, notice trouble"),
        new(Read, "apps", ["controllerrevisions"], ["list"], "the history of stateful and daemon sets"),
        new(Read, "batch", ["jobs", "cronjobs"], Seen, "find targets, notice trouble"),
        new(Read, "autoscaling", ["horizontalpodautoscalers"], Seen, "find targets, notice trouble"),
        new(Read, "networking.k8s.io", ["networkpolicies"], Seen, "notice policies that cut off; change-firewall"),
        new(Read, "networking.k8s.io", ["ingresses"], Seen, "notice backends that are missing or down, and what is expected to serve"),
        new(Read, "policy", ["poddisruptionbudgets"], Seen, "notice budgets that can never allow a disruption"),
        new(Read, "storage.k8s.io", ["storageclasses"], ["get"], "expand-volume"),
        new(Act, "apps", ["deployments", "statefulsets", "daemonsets"], ["patch"], "restart-workload, restart-database, rotate-connection-pool, scale-up, scale-down, raise-*-limit, adjust-probe, rollback-rollout"),
        new(Act, "", ["pods/eviction"], ["create"], "restart-pod, clean-up-pods, drain-node"),
        new(Act, "", ["pods/exec"], ["get", "create"], "kill-process; older clusters ask for get, newer ones for create"),
        new(Act, "", ["configmaps"], ["get", "patch"], "raise-connection-limit"),
        new(Act, "", ["persistentvolumeclaims"], ["patch"], "expand-volume"),
        new(Act, "autoscaling", ["horizontalpodautoscalers"], ["patch"], "adjust-hpa"),
        new(Act, "policy", ["poddisruptionbudgets"], ["patch"], "adjust-pdb"),
        new(Act, "networking.k8s.io", ["networkpolicies"], ["create", "delete"], "change-firewall"),
        new(Act, "", ["events"], ["create"], "what was done, for kubectl describe"),
        new(ActOnNodes, "", ["nodes"], ["patch"], "cordon-node, uncordon-node, drain-node"),
        new(Lead, "coordination.k8s.io", ["leases"], ["get", "create", "update"], "one replica of several acts"),
    ];

    /// <summary>Whether it grants a verb on a resource named as permissions name it: <c>deployments.apps</c>, <c>pods/log</c>.</summary>
    internal bool Grants(string verb, string resource) => Verbs.Contains(verb) && Names.Contains(resource);

    /// <summary>Its resources as requests name them.</summary>
    internal IEnumerable<string> Names => Resources.Select(resource =>
    {
        var parts = resource.Split('/', 2);
        return $"{parts[0]}{(Group.Length > 0 ? "." + Group : "")}{(parts.Length > 1 ? "/" + parts[1] : "")}";
    });
}
