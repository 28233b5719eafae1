using Prunella.Incidents;
using Prunella.Kubernetes.Causes.Scheduling;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Nodes;

/// <summary>A node takes no new pods, and has not for a long time: maintenance that nobody ended.</summary>
public sealed class NodeCordoned : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(4);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("node-cordoned", "Nodes", CauseLayer.Hint)
    {
        RecognisedBy = "A ready node is unschedulable for more than four hours, or for an unknown time; a warning, and told at once, while the scheduler says of pods that they wait for such a node.",
        Done = "After four hours with pods waiting it is uncordoned with an approval; before, a person does it when the maintenance is over.",
        Actions = ["uncordon-node"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var waiting = snapshot.Pods.Count(pod => SchedulerMessage.Of(snapshot, pod) is { } said && said.Parts.Any(part => part.Reason == SchedulingReason.Cordoned));
        foreach (var node in snapshot.Of("Node"))
        {
            if (!node.Spec["unschedulable"].IsTrue || node.Condition("Ready")["status"].Text is "False" or "Unknown") continue;
            var since = node.Spec["taints"].Items.All().FirstOrDefault(taint => taint["key"].Text == "node.kubernetes.io/unschedulable")["timeAdded"].Time;
            var forgotten = since is null || snapshot.Since(since) >= Patience;
            if (!forgotten && waiting == 0) continue;
            var summary = $"It is cordoned{(since is null ? "" : $" for {Words.Of(snapshot.Since(since))}")}{(waiting > 0 ? $", while {Words.Count(waiting, "pod waits", "pods wait")} for a place" : "")}.";
            yield return Found(node.Ref, "unschedulable", 0.85, waiting > 0 ? Severity.Warning : Severity.Info, summary, Observed.Object(snapshot, node, "unschedulable: true", since)) with
            {
                // In the first hours somebody is at work on it, and knows better.
                Remedies = waiting > 0 && forgotten ? [new Remedy("uncordon-node", "Pods wait for it, and its maintenance should be over.")] : [],
                Advice = $"kubectl uncordon {node.Name} when its maintenance is over.",
            };
        }
    }
}
