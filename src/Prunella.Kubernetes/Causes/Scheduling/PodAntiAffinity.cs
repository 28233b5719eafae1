using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>The pod may not share a node with pods that are on every node, or asks for company that is nowhere.</summary>
public sealed class PodAntiAffinity : UnschedulableCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("pod-anti-affinity",
        "The scheduler names affinity, anti-affinity or spread rules; replicas are compared with the places there are.",
        "A person adds nodes, takes replicas away, or makes the rule preferred in place of required.", "scale-down");

    private protected override bool Fits(SchedulingReason reason) => reason is SchedulingReason.AntiAffinity or SchedulingReason.Affinity or SchedulingReason.Spread;

    private protected override CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said)
    {
        var kind = part.Reason switch { SchedulingReason.AntiAffinity => "podAntiAffinity", SchedulingReason.Affinity => "podAffinity", _ => "topologySpreadConstraints" };
        var rule = part.Reason == SchedulingReason.Spread
            ? pod.Spec["topologySpreadConstraints"].Items.All().FirstOrDefault()
            : pod.Spec["affinity"][kind]["requiredDuringSchedulingIgnoredDuringExecution"].Items.All().FirstOrDefault();
        var key = rule["topologyKey"].TextOrNull ?? "kubernetes.io/hostname";
        var labels = LabelSelector.Describe(rule["labelSelector"]);
        var target = snapshot.TopOf(pod);
        var replicas = snapshot.Find(target)?.Spec["replicas"].Int(1) ?? snapshot.PodsOf(target).Count();
        var places = snapshot.Of("Node").Select(node => node.Labels.GetValueOrDefault(key, "")).Where(value => value.Length > 0).Distinct().Count();
        var summary = part.Reason == SchedulingReason.AntiAffinity
            ? $"Its pods ({labels}) may not share a {key}: {replicas} replicas need as many places, and there {(places == 1 ? "is" : "are")} {(snapshot.Of("Node").Count > 0 ? places : part.Nodes)}.{also}"
            : $"Its rule {kind} ({labels}, per {key}) holds on none of {part.Nodes} nodes.{also}";
        return Found(snapshot, pod, $"{kind} {labels} per {key}", 0.95, summary, said) with
        {
            Advice = part.Reason == SchedulingReason.Affinity ? $"Start the pods with {labels} that it wants to be near, or make the rule preferred." : $"Add nodes (different {key}), ask for fewer replicas, or make the rule preferred.",
        };
    }
}
