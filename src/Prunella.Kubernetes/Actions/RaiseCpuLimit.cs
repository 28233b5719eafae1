using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Gives a throttled container more processor time.</summary>
internal sealed class RaiseCpuLimit(ActionTools tools) : RaiseLimit(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "raise-cpu-limit",
        Summary = "Raises a container's CPU limit within bounds and the nodes' room, in a rollout.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Parameters = ParametersOf("cores, as 500m"),
        PatchesSpecification = true,
        Disruptive = true,
        Reversible = true,
        Grows = "cpu",
        Risks = "A busy loop only burns more; neighbours on the node get less.",
    };

    protected override string Resource => "cpu";

    protected override double Step => 0.01;

    protected override string Show(double amount) => Quantity.FromCores(amount - 1e-9);

    // Nothing in a pod's status says which container is throttled.
    protected override IReadOnlyList<string> Suspects(WorkloadSnapshot snapshot) => [];
}
