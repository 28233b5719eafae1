using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions.Firewall;

/// <summary>
/// Builds the network policies of <c>change-firewall</c>. Policies only ever allow, and add up. So a denial lists everybody
/// but the denied and is made only for pods that no policy selects yet, where everybody is allowed: it can only narrow. An
/// allowance is made only for pods that a policy selects already: it opens what it names and isolates nothing.
/// </summary>
internal static class FirewallPolicy
{
    /// <summary>A policy that keeps the block out and lets in everybody else, within the cluster and outside.</summary>
    internal static JsonArray Deny(IPNetwork block)
    {
        var peers = new JsonArray(new JsonObject { ["namespaceSelector"] = new JsonObject() });
        foreach (var other in AddressBlocks.Except(block).Concat(AddressBlocks.OtherFamily(block))) peers.Add(Peer(other));
        return new JsonArray(new JsonObject { ["from"] = peers });
    }

    /// <summary>A policy that lets in the block, or the pods of the namespace with these labels, on one port or all.</summary>
    internal static JsonArray Allow(IPNetwork? block, IReadOnlyDictionary<string, string> pods, int? port, string protocol)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in pods) labels[key] = value;
        var rule = new JsonObject { ["from"] = new JsonArray(block is { } from ? Peer(from) : new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = labels } }) };
        if (port is not null) rule["ports"] = new JsonArray(new JsonObject { ["port"] = port, ["protocol"] = protocol });
        return new JsonArray(rule);
    }

    /// <summary>Whether a rule names nobody, an empty selector alone for all of the cluster's pods, or all addresses: what must never be written as an allowance.</summary>
    internal static bool OpensToAll(JsonArray rules, bool clusterIsOpenAlready)
    {
        foreach (var rule in rules)
        {
            if (rule?["from"] is not JsonArray { Count: > 0 } peers) return true;
            foreach (var peer in peers)
            {
                if (peer is not JsonObject { Count: > 0 } item) return true;
                if (item["ipBlock"]?["cidr"]?.GetValue<string>() is { } cidr && cidr.EndsWith("/0", StringComparison.Ordinal)) return true;
                if (item["podSelector"] is JsonObject { Count: 0 } || (item["podSelector"]?["matchLabels"] is JsonObject { Count: 0 })) return true;
                if (item["namespaceSelector"] is not null && !clusterIsOpenAlready) return true;
            }
        }
        return rules.Count == 0;
    }

    /// <summary>The whole object.</summary>
    internal static JsonObject Build(string @namespace, string name, JsonObject selector, JsonArray rules, IReadOnlyDictionary<string, string> annotations)
    {
        var notes = new JsonObject();
        foreach (var (key, value) in annotations) notes[key] = value;
        return new JsonObject
        {
            ["apiVersion"] = "networking.k8s.io/v1",
            ["kind"] = "NetworkPolicy",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["labels"] = new JsonObject { [Marks.MadeBy] = ChangeFirewall.Name }, ["annotations"] = notes },
            ["spec"] = new JsonObject { ["podSelector"] = selector, ["policyTypes"] = new JsonArray("Ingress"), ["ingress"] = rules },
        };
    }

    /// <summary>The policies among these that decide who may reach pods with these labels.</summary>
    internal static IEnumerable<V1NetworkPolicy> Isolating(IEnumerable<V1NetworkPolicy> policies, IDictionary<string, string>? labels) =>
        policies.Where(policy => (policy.Spec?.PolicyTypes is not { Count: > 0 } types || types.Contains("Ingress")) && Selector.Matches(policy.Spec?.PodSelector, labels));

    /// <summary>Labels written <c>a=b,c=d</c>; null when malformed or empty.</summary>
    internal static IReadOnlyDictionary<string, string>? Labels(string text)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [{ Length: > 0 } key, { Length: > 0 } value]) return null;
            labels[key.Trim()] = value.Trim();
        }
        return labels;
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static JsonObject Peer(IPNetwork block) => new() { ["ipBlock"] = new JsonObject { ["cidr"] = block.ToString() } };
}
