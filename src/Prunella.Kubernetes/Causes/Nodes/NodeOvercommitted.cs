using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Nodes;

/// <summary>The limits of a node's pods add up to far more memory than it has.</summary>
public sealed class NodeOvercommitted : Cause
{
    private const double ShareMin = 1.5;

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("node-overcommitted", "Nodes", CauseLayer.Hint)
    {
        RecognisedBy = "The memory limits of the pods of a node add up to more than one and a half times what it has, seen with every pod of the node.",
        Done = "A hint: a person brings limits nearer to requests.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var group in snapshot.Pods.Where(pod => !pod.Ended && pod.Node.Length > 0).GroupBy(pod => pod.Node))
        {
            if (snapshot.Find("Node", "", group.Key) is not { } node || node.Status["allocatable"]["memory"].Quantity is not { } has || has <= 0) continue;
            var limits = group.Sum(pod => pod.Containers.Where(container => !container.Init).Sum(container => container.Limit("memory") ?? 0));
            if (limits < has * ShareMin) continue;
            var largest = group.OrderByDescending(pod => pod.Containers.Sum(container => container.Limit("memory") ?? 0)).Take(3).Select(pod => $"{pod.Namespace}/{pod.Name}");
            yield return Found(node.Ref, "memory limits", 0.85, Severity.Info, string.Create(CultureInfo.InvariantCulture, $"The memory limits of its pods add up to {Words.Bytes(limits)}, {limits / has:0.0} times the {Words.Bytes(has)} that it has."), Observed.Object(snapshot, node, $"largest: {Words.List(largest)}")) with { Advice = "Bring limits nearer to requests, or spread the pods." };
        }
    }
}
