using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A workload is told to call a service whose pods' policies do not let it in.</summary>
public sealed class NetworkPolicyBlocksCaller : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("network-policy-blocks-caller", "Services", CauseLayer.Root)
    {
        RecognisedBy = "A container's environment names a service of the cluster, and the ingress policies on that service's pods (or the egress policies on its own) let neither its labels nor the port through.",
        Done = "A person adds the caller to the policy's rule.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Of("NetworkPolicy").Count == 0) yield break;
        foreach (var group in snapshot.Pods.Where(pod => pod.Live).GroupBy(snapshot.TopOf))
        {
            var caller = group.First();
            foreach (var service in Called(snapshot, caller))
            {
                var selector = service.Spec["selector"].Texts;
                if (selector.Count == 0 || snapshot.PodsIn(service.Namespace).FirstOrDefault(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels)) is not { } callee || snapshot.TopOf(callee) == group.Key) continue;
                foreach (var (policies, direction, peer) in new[] { (NetworkPolicies.On(snapshot, callee, "Ingress"), "Ingress", caller), (NetworkPolicies.On(snapshot, caller, "Egress"), "Egress", callee) })
                {
                    var ports = service.Spec["ports"].Items.All().Select(port => PortOf(callee, port)).Where(port => port > 0).ToList();
                    if (policies.Count == 0 || ports.Count == 0 || ports.Exists(port => NetworkPolicies.Allow(snapshot, policies, direction, peer, port, "TCP"))) continue;
                    var names = Words.List(policies.Select(policy => policy.Name));
                    yield return Found(group.Key, $"network policy {names} to {service.Name}", 0.8, Severity.Warning,
                        direction == "Ingress" ? $"It calls service {service.Namespace}/{service.Name}, whose network policy {names} does not let its pods ({LabelSelector.Describe(caller.Labels.Where(label => label.Key != "pod-template-hash").ToDictionary())}) in." : $"It calls service {service.Namespace}/{service.Name}, and its own network policy {names} does not let it out there.",
                        policies.Take(3).Select(policy => Observed.Object(snapshot, policy, $"lets {(direction == "Ingress" ? "in" : "out")}: {NetworkPolicies.Describe(policy, direction)}"))) with
                    {
                        Advice = $"Add a rule for it to {names}. It only has an effect where the network plug-in enforces policies.",
                    };
                }
            }
        }
    }

    private static IEnumerable<KubeObject> Called(ClusterSnapshot snapshot, Pod caller)
    {
        var texts = caller.Containers.SelectMany(container => container.Spec["env"].Items.All()).Select(entry => entry["value"].Text).Where(value => value.Length is > 0 and < 500).ToList();
        if (texts.Count == 0) yield break;
        foreach (var service in snapshot.Of("Service"))
        {
            var near = service.Namespace == caller.Namespace;
            if (texts.Exists(text => Names(text, $"{service.Name}.{service.Namespace}") || (near && Names(text, service.Name)))) yield return service;
        }
    }

    // Only where a host stands: after // or @, or alone before a port.
    private static bool Names(string text, string host)
    {
        for (var at = text.IndexOf(host, StringComparison.Ordinal); at >= 0; at = text.IndexOf(host, at + 1, StringComparison.Ordinal))
        {
            var before = at == 0 || text[at - 1] is '/' or '@';
            var end = at + host.Length;
            if (before && (end == text.Length ? at > 0 : text[end] is ':' or '/' || text.AsSpan(end).StartsWith(".svc"))) return true;
        }
        return false;
    }

    private static int PortOf(Pod pod, Field port)
    {
        var asked = port["targetPort"];
        return (int)(asked.Whole ?? (asked.Exists ? pod.Containers.SelectMany(container => container.Ports).FirstOrDefault(candidate => candidate.Name == asked.Text).Number : port["port"].Whole ?? 0));
    }
}
