using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Gives a container that the kernel ended for want of memory more of it.</summary>
internal sealed class RaiseMemoryLimit(ActionTools tools) : RaiseLimit(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "raise-memory-limit",
        Summary = "Raises a container's memory limit within bounds and the nodes' room, in a rollout.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Parameters = ParametersOf("bytes, as 512Mi"),
        PatchesSpecification = true,
        Disruptive = true,
        Reversible = true,
        Grows = "memory",
        Risks = "A leak only takes longer to fill a larger limit; the node has less to spare.",
    };

    protected override string Resource => "memory";

    protected override double Step => 1 << 20;

    protected override string Show(double amount) => Quantity.FromBytes(amount);

    protected override IReadOnlyList<string> Suspects(WorkloadSnapshot snapshot) =>
        [.. snapshot.State.Pods.SelectMany(pod => pod.Containers).Where(container => container.LastTerminationReason == "OOMKilled").Select(container => container.Name).Distinct()];
}
