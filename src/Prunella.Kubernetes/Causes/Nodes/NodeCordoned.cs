using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Nodes;

/// <summary>A node takes no new pods, and has not for a long time: maintenance that nobody ended.</summary>
public sealed class NodeCordoned : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("node-cordoned", "Nodes", CauseLayer.Hint)
    {
        RecognisedBy = "A ready node is unschedulable for more than four hours, or for an unknown time; told as a warning while pods wait for a place.",
        Done = "A person uncordons it when its maintenance is over.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var waiting = snapshot.Pods.Count(pod => pod.Live && pod.Phase == "Pending" && pod.Node.Length == 0);
        foreach (var node in snapshot.Of("Node"))
        {
            if (!node.Spec["unschedulable"].IsTrue || node.Condition("Ready")["status"].Text is "False" or "Unknown") continue;
            var since = node.Spec["taints"].Items.All().FirstOrDefault(taint => taint["key"].Text == "node.kubernetes.io/unschedulable")["timeAdded"].Time;
            if (since is not null && snapshot.Since(since) < Patience && waiting == 0) continue;
            yield return Found(node.Ref, "unschedulable", 0.85, waiting > 0 ? Severity.Warning : Severity.Info, $"It is cordoned{(since is null ? "" : $" for {Words.Of(snapshot.Since(since))}")}{(waiting > 0 ? $", while {Words.Count(waiting, "pod waits", "pods wait")} for a place" : "")}.", Observed.Object(snapshot, node, "unschedulable: true", since)) with { Advice = $"kubectl uncordon {node.Name} when its maintenance is over." };
        }
    }
}
