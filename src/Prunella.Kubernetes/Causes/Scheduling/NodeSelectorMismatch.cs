using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>The pod asks for a node with labels that no node has, or only cordoned nodes are left.</summary>
public sealed class NodeSelectorMismatch : UnschedulableCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("node-selector-mismatch",
        "The scheduler says that no node matches the selector or node affinity; each asked label is held against the nodes' labels.",
        "A person corrects the label in the pod template or labels a node.");

    private protected override bool Fits(SchedulingReason reason) => reason is SchedulingReason.Selector or SchedulingReason.Cordoned;

    private protected override CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said)
    {
        if (part.Reason == SchedulingReason.Cordoned)
        {
            var cordoned = snapshot.Of("Node").Where(node => node.Spec["unschedulable"].IsTrue).ToList();
            return Found(snapshot, pod, "cordoned", 0.9, $"The nodes that would do are cordoned{(cordoned.Count > 0 ? ": " + Words.List(cordoned.Select(node => node.Name)) : "")}.{also}", said) with
            {
                Blames = [.. cordoned.Select(node => node.Ref)], Advice = "Uncordon a node when its maintenance is over (kubectl uncordon).",
            };
        }
        var asked = Asked(pod).ToList();
        var missing = asked.Where(want => snapshot.Of("Node").Count > 0 && !snapshot.Of("Node").Any(node => want.Fits(node.Labels))).ToList();
        var named = (missing.Count > 0 ? missing : asked).Select(want => want.Text).Distinct().ToList();
        var summary = named.Count == 0 ? $"No node matches its node selector or affinity.{also}" : $"No node has {Words.List(named)}, which its node selector or affinity asks for.{also}";
        return Found(snapshot, pod, Words.List(named), missing.Count > 0 ? 0.97 : 0.9, summary,
            [said, .. snapshot.Of("Node").Take(3).Select(node => Observed.Object(snapshot, node, "labels " + Words.List(node.Labels.Select(label => $"{label.Key}={label.Value}"), 12)))]) with
        {
            Advice = "Correct the label in the pod template, or label the node that is meant.",
        };
    }

    private static IEnumerable<(string Text, Func<IReadOnlyDictionary<string, string>, bool> Fits)> Asked(Pod pod)
    {
        foreach (var (key, value) in pod.Spec["nodeSelector"].Texts) yield return ($"{key}={value}", labels => labels.TryGetValue(key, out var have) && have == value);
        foreach (var term in pod.Spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"].Items)
        {
            foreach (var expression in term["matchExpressions"].Items) yield return (LabelSelector.Text(expression), labels => LabelSelector.Holds(expression, labels));
        }
    }
}
