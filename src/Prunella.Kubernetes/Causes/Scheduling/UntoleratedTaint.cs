using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>Every node that would do keeps the pod away by a taint.</summary>
public sealed class UntoleratedTaint : UnschedulableCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("untolerated-taint",
        "The scheduler names a taint that the pod does not tolerate; a taint for not-ready or unreachable points at the node instead.",
        "A person adds the toleration to the pod or removes the taint from the node.");

    private protected override bool Fits(SchedulingReason reason) => reason == SchedulingReason.Taint;

    private protected override CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said)
    {
        var key = part.Detail.Split([':', '='], 2)[0].Trim();
        var nodes = snapshot.Of("Node").Where(node => node.Spec["taints"].Items.All().Any(taint => taint["key"].Text == key)).ToList();
        var found = Found(snapshot, pod, part.Detail, 0.95, $"{Words.Count(part.Nodes, "node keeps", "nodes keep")} it away by the taint {part.Detail}, which it does not tolerate.{also}",
            [said, .. nodes.Take(3).Select(node => Observed.Object(snapshot, node, $"carries the taint {key}"))]);
        return found with
        {
            Advice = key.StartsWith("node.kubernetes.io/", StringComparison.Ordinal) ? "Look at the node: Kubernetes set this taint itself." : $"Add a toleration for {key} to the pod template, or take the taint off a node.",
            Blames = [.. nodes.Select(node => node.Ref)],
        };
    }
}
