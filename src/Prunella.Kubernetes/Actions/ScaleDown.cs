using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>Takes replicas away, never the last one.</summary>
internal sealed class ScaleDown(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "scale-down",
        Summary = "Takes replicas away from a workload, never below one.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Workload,
        TargetKinds = Scaling.Kinds,
        Parameters =
        [
            new("by", ParameterKind.Integer, "Replicas to take away; default 1.") { Default = "1", Minimum = 1, Maximum = 50 },
            new("replicas", ParameterKind.Integer, "Replicas to reach, in place of by.") { Minimum = 1, Maximum = 500 },
            new("min", ParameterKind.Integer, "Replicas kept at least; default 1.") { Default = "1", Minimum = 1, Maximum = 500 },
        ],
        PatchesSpecification = true,
        Reversible = true,
        Disruptive = true,
        ApprovalExpiry = TimeSpan.FromMinutes(10),
        Risks = "Less capacity for the present load; requests on the pods that end may be cut.",
    };

    protected override async Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        var current = view.Snapshot.State.Desired;
        var next = view.Values.Integer("replicas") ?? current - view.Values.Integer("by")!.Value;
        var min = view.Values.Integer("min")!.Value;
        if (next >= current) return Design.Blocked($"{view.Proposal.Target} has {current} replicas, and {next} are asked for.");
        if (next < min) return Design.Blocked($"{view.Proposal.Target} would have {next} replicas; at least {min} are kept (parameter min).");
        if (await Scaling.AutoscalerAsync(Tools.Api, view, cancellation) is { } scaler) return Design.Blocked(Scaling.AutoscalerBlocker(scaler));
        return new Design
        {
            Edits = [new ObjectEdit(view.Kind, view.Live, Scaling.Patch(next), Scaling.Patch(current)) { WithReplicas = true }],
            PodsAffected = current - next,
            PodsTotal = view.Snapshot.LivePods,
            // The controllers end pods that are not ready first.
            PodsAffectedNotReady = Math.Min(current - next, view.Snapshot.NotReadyPods),
            ManagedBy = view.Snapshot.State.ManagedBy,
            UndoSummary = $"back to {current} replicas",
        };
    }
}
