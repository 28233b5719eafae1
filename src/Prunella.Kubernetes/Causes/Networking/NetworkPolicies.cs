using System.Globalization;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>What network policies let through, as Kubernetes reads them: rules of all policies that select a pod add up.</summary>
internal static class NetworkPolicies
{
    /// <summary>The policies of a direction that select a pod; none means that everything is let through.</summary>
    internal static List<KubeObject> On(ClusterSnapshot snapshot, Pod pod, string direction) =>
        [.. snapshot.Of("NetworkPolicy", pod.Namespace).Where(policy => Applies(policy, direction) && LabelSelector.Matches(policy.Spec["podSelector"], pod.Labels))];

    /// <summary>Whether a policy is about a direction; without types, egress only when it has egress rules.</summary>
    internal static bool Applies(KubeObject policy, string direction)
    {
        var types = policy.Spec["policyTypes"];
        return types.Count > 0 ? types.Items.All().Any(type => type.Text == direction) : direction == "Ingress" || policy.Spec["egress"].Exists;
    }

    /// <summary>Whether any of the policies lets a port through to or from the peer.</summary>
    /// <param name="snapshot">Where namespaces and pods are looked up.</param>
    /// <param name="policies">Policies of one direction on one pod.</param>
    /// <param name="direction"><c>Ingress</c> or <c>Egress</c>.</param>
    /// <param name="peer">The other pod; null for anywhere.</param>
    /// <param name="port">The port number.</param>
    /// <param name="protocol">TCP or UDP.</param>
    internal static bool Allow(ClusterSnapshot snapshot, IEnumerable<KubeObject> policies, string direction, Pod? peer, int port, string protocol)
    {
        foreach (var policy in policies)
        {
            foreach (var rule in policy.Spec[direction == "Ingress" ? "ingress" : "egress"].Items)
                if (Ports(rule["ports"], port, protocol) && Peers(snapshot, policy, rule[direction == "Ingress" ? "from" : "to"], peer)) return true;
        }
        return false;
    }

    private static bool Ports(Field ports, int port, string protocol)
    {
        if (ports.Count == 0) return true;
        foreach (var candidate in ports.Items)
        {
            if ((candidate["protocol"].TextOrNull ?? "TCP") != protocol) continue;
            if (!candidate["port"].Exists) return true;
            var least = candidate["port"].Whole;
            // A named port may be this one: it counts as letting through, so that nothing is blamed without proof.
            if (least is null || port == least || (candidate["endPort"].Whole is { } most && port >= least && port <= most)) return true;
        }
        return false;
    }

    private static bool Peers(ClusterSnapshot snapshot, KubeObject policy, Field peers, Pod? other)
    {
        if (peers.Count == 0) return true;
        foreach (var peer in peers.Items)
        {
            // An address block may hold any address: it counts as letting through.
            if (peer["ipBlock"].Exists) return true;
            if (other is null) return true;
            var namespaces = peer["namespaceSelector"];
            if (!namespaces.Exists && other.Namespace != policy.Namespace) continue;
            if (namespaces.Exists && snapshot.Find("Namespace", "", other.Namespace) is { } home && !LabelSelector.Matches(namespaces, home.Labels)) continue;
            if (!peer["podSelector"].Exists || LabelSelector.Matches(peer["podSelector"], other.Labels)) return true;
        }
        return false;
    }

    /// <summary>What a policy lets through, for people.</summary>
    internal static string Describe(KubeObject policy, string direction)
    {
        var rules = policy.Spec[direction == "Ingress" ? "ingress" : "egress"];
        if (rules.Count == 0) return "nothing";
        return Words.List(rules.Items.All().Select(rule =>
        {
            var peers = rule[direction == "Ingress" ? "from" : "to"];
            var who = peers.Count == 0 ? "everybody" : Words.List(peers.Items.All().Select(peer => peer["ipBlock"].Exists ? peer["ipBlock"]["cidr"].Text : LabelSelector.Describe(peer["podSelector"])));
            var ports = Words.List(rule["ports"].Items.All().Select(port => string.Create(CultureInfo.InvariantCulture, $"{port["protocol"].TextOrNull ?? "TCP"}/{port["port"].TextOrNull ?? "any"}")));
            return $"{who}{(ports.Length > 0 ? $" on {ports}" : "")}";
        }));
    }
}
