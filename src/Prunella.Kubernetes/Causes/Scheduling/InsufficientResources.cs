using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>No node has enough cpu, memory, gpus or pod slots left.</summary>
public sealed class InsufficientResources : UnschedulableCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("insufficient-resources",
        "The scheduler says Insufficient cpu, memory, a device, or Too many pods; the pod's request is compared with the largest node.",
        "A person lowers the request or adds room; a request larger than every node can never be met.");

    private protected override bool Fits(SchedulingReason reason) => reason is SchedulingReason.Resources or SchedulingReason.TooManyPods or SchedulingReason.Ports;

    private protected override CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said)
    {
        if (part.Reason == SchedulingReason.TooManyPods)
            return Found(snapshot, pod, "pods", 0.95, $"{Words.Count(part.Nodes, "node already runs as many pods as it may", "nodes already run as many pods as they may")}.{also}", said) with { Advice = "Add a node, remove finished pods, or raise the kubelet's maxPods." };
        if (part.Reason == SchedulingReason.Ports)
        {
            var ports = pod.Containers.SelectMany(container => container.Spec["ports"].Items.All()).Where(port => port["hostPort"].Exists).Select(port => port["hostPort"].Text).ToList();
            return Found(snapshot, pod, $"hostPort {Words.List(ports)}", 0.95, $"Host port {Words.List(ports)} is taken on {part.Nodes} nodes.{also}", said) with { Advice = "Run at most one such pod a node, or give up the host port." };
        }
        var resource = part.Detail;
        var asked = pod.Containers.Where(container => !container.Init).Sum(container => container.Request(resource) ?? 0);
        var largest = snapshot.Of("Node").Select(node => node.Status["allocatable"][resource].Quantity ?? 0).DefaultIfEmpty(0).Max();
        var show = Show(resource, asked);
        var never = snapshot.Of("Node").Count > 0 && asked > largest;
        var summary = never
            ? largest > 0 ? $"It asks for {show} of {resource}; the largest node has {Show(resource, largest)}, so no node can ever run it.{also}" : $"It asks for {show} of {resource}, which no node offers.{also}"
            : $"It asks for {show} of {resource}, and none of {part.Nodes} nodes has that left.{also}";
        var evidence = new List<Evidence> { said };
        evidence.AddRange(snapshot.Of("Node").Take(3).Select(node => Observed.Object(snapshot, node, $"allocatable {resource}: {node.Status["allocatable"][resource].TextOrNull ?? "none"}")));
        return Found(snapshot, pod, resource, never ? 0.99 : 0.95, summary, evidence) with
        {
            Advice = never ? $"Lower the {resource} request to what a node has, or add a larger node." : $"Lower the {resource} request, or add a node.",
        };
    }

    private static string Show(string resource, double amount) => resource is "memory" or "ephemeral-storage" ? Words.Bytes(amount) : string.Create(CultureInfo.InvariantCulture, $"{amount:0.###}{(resource == "cpu" ? " cores" : "")}");
}
