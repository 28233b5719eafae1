using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>Egress policies let pods out, but not to port 53: no name can be resolved.</summary>
public sealed class NetworkPolicyBlocksDns : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("network-policy-blocks-dns", "Services", CauseLayer.Root)
    {
        RecognisedBy = "The egress policies that select a pod let something out, and none of them UDP port 53. A policy that lets nothing out at all is meant so.",
        Done = "A person adds the rule; opening a firewall to all is forbidden to Prunella.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var group in snapshot.Pods.Where(pod => pod.Live).GroupBy(snapshot.TopOf))
        {
            var pod = group.First();
            var policies = NetworkPolicies.On(snapshot, pod, "Egress");
            if (policies.Count == 0 || policies.TrueForAll(policy => policy.Spec["egress"].Count == 0) || NetworkPolicies.Allow(snapshot, policies, "Egress", null, 53, "UDP")) continue;
            var names = Words.List(policies.Select(policy => policy.Name));
            yield return Found(group.Key, $"network policy {names}", 0.85, Severity.Warning, $"Network policy {names} lets its pods out, but not to port 53: they can resolve no name.",
                policies.Take(3).Select(policy => Observed.Object(snapshot, policy, $"lets out: {NetworkPolicies.Describe(policy, "Egress")}"))) with
            {
                Advice = $"Add an egress rule for UDP and TCP port 53 to {names}. It only has an effect where the network plug-in enforces policies.",
            };
        }
    }
}
