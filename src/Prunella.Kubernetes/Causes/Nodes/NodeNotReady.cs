using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Nodes;

/// <summary>A node's kubelet says that it is not ready, or says nothing any more.</summary>
public sealed class NodeNotReady : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("node-not-ready", "Nodes", CauseLayer.Root)
    {
        RecognisedBy = "The node's condition Ready is False (the kubelet tells why) or Unknown (the kubelet is silent), for more than half a minute.",
        Done = "The node is cordoned and drained, each with an approval.",
        Actions = ["cordon-node", "drain-node"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var node in snapshot.Of("Node"))
        {
            var ready = node.Condition("Ready");
            if (ready["status"].Text is not ("False" or "Unknown")) continue;
            // A node that joined just now is on its way, as long as its kubelet speaks.
            if (ready["status"].Text == "False" && snapshot.Since(node.CreatedAt) < Patience && node.CreatedAt is not null) continue;
            var silent = ready["status"].Text == "Unknown";
            var since = ready["lastTransitionTime"].Time;
            var pods = snapshot.Pods.Count(pod => pod.Node == node.Name && !pod.Ended);
            yield return Found(node.Ref, "Ready", 0.97, Severity.Critical, silent
                ? $"Its kubelet is silent{(since is null ? "" : $", and it has not been ready for {Words.Of(snapshot.Since(since))}")}; {Words.Count(pods, "pod runs", "pods run")} there."
                : $"It is not ready: {ready["reason"].Text}: {ready["message"].Text}", Observed.Condition(snapshot, node, ready)) with
            {
                Remedies = node.Spec["unschedulable"].IsTrue
                    ? [new Remedy("drain-node", "Its pods have to run elsewhere.")]
                    : [new Remedy("cordon-node", "Nothing new must come to it."), new Remedy("drain-node", "Its pods have to run elsewhere.")],
                Advice = silent ? "Look at the machine: power, network, the kubelet's service." : "Look at the kubelet's log on the node.",
            };
        }
    }
}
