using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Nodes;

/// <summary>A node runs out of memory, disk or processes.</summary>
public sealed class NodePressure : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("node-pressure", "Nodes", CauseLayer.Root)
    {
        RecognisedBy = "A condition MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable of a node is True. Unknown conditions that are False are nothing.",
        Done = "The node is cordoned with an approval; a person finds what uses it up.",
        Actions = ["cordon-node"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var node in snapshot.Of("Node"))
        {
            foreach (var condition in node.Status["conditions"].Items)
            {
                var type = condition["type"].Text;
                var trouble = condition["status"].Text == "True" && (type is "MemoryPressure" or "DiskPressure" or "PIDPressure" or "NetworkUnavailable" or "KernelDeadlock" or "ReadonlyFilesystem" or "CorruptDockerOverlay2" or "FrequentKubeletRestart" or "FrequentContainerdRestart");
                if (!trouble) continue;
                var what = type switch { "MemoryPressure" => "memory", "DiskPressure" => "disk", "PIDPressure" => "process ids", "NetworkUnavailable" => "its network", _ => type };
                yield return Found(node.Ref, type, 0.96, Severity.Warning, type.EndsWith("Pressure", StringComparison.Ordinal) ? $"It runs out of {what}; pods are evicted and new ones kept away." : $"{type} holds: {condition["message"].Text}", Observed.Condition(snapshot, node, condition)) with
                {
                    Remedies = node.Spec["unschedulable"].IsTrue ? [] : [new Remedy("cordon-node", "Nothing new should come until there is room.")], Advice = $"Find what uses up {what} on the node.",
                };
            }
        }
    }
}
