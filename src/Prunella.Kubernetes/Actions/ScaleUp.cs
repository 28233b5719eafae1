using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>Adds replicas within a bound.</summary>
internal sealed class ScaleUp(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "scale-up",
        Summary = "Adds replicas to a workload, within a bound.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.None,
        TargetKinds = Scaling.Kinds,
        Parameters =
        [
            new("by", ParameterKind.Integer, "Replicas to add; default 1.") { Default = "1", Minimum = 1, Maximum = 50 },
            new("replicas", ParameterKind.Integer, "Replicas to reach, in place of by.") { Minimum = 2, Maximum = 500 },
            new("max", ParameterKind.Integer, "Replicas never exceeded; default 20.") { Default = "20", Minimum = 1, Maximum = 500 },
        ],
        PatchesSpecification = true,
        Reversible = true,
        Grows = "replicas",
        Risks = "More replicas open more connections to what they depend on, and cost more.",
    };

    protected override async Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        var current = view.Snapshot.State.Desired;
        var next = view.Values.Integer("replicas") ?? current + view.Values.Integer("by")!.Value;
        var max = view.Values.Integer("max")!.Value;
        if (current == 0 && view.Values.Integer("replicas") is null) return Design.Blocked($"{view.Proposal.Target} is scaled to zero, which somebody decided; how many replicas it should have has to be said (parameter replicas).");
        if (next <= current) return Design.Blocked($"{view.Proposal.Target} has {current} replicas already, and {next} are asked for.");
        if (next > max) return Design.Blocked($"{view.Proposal.Target} would have {next} replicas; the bound is {max} (parameter max).");
        if (await Scaling.AutoscalerAsync(Tools.Api, view, cancellation) is { } scaler) return Design.Blocked(Scaling.AutoscalerBlocker(scaler));
        var (factor, annotation, before, after) = Growth.Step(view.Live, "replicas", "replicas", Text(current), Text(next));
        var patch = Scaling.Patch(next);
        var undo = Scaling.Patch(current);
        patch["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = after } };
        undo["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = before } };
        return new Design
        {
            Edits = [new ObjectEdit(view.Kind, view.Live, patch, undo) { WithReplicas = true }],
            PodsTotal = view.Snapshot.LivePods,
            CumulativeGrowth = factor,
            ManagedBy = view.Snapshot.State.ManagedBy,
            UndoSummary = $"back to {current} replicas",
        };
    }

    private static string Text(int replicas) => replicas.ToString(CultureInfo.InvariantCulture);
}
