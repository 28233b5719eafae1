using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Lets a disruption budget that can never allow a disruption allow a few.</summary>
internal sealed class AdjustPdb(ActionTools tools) : PatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "adjust-pdb",
        Summary = "Sets how many pods a disruption budget lets be away at once, in place of a rule that can never hold.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.None,
        TargetKinds = ["PodDisruptionBudget"],
        Parameters = [new("max-unavailable", ParameterKind.Integer, "Pods that may be away at once; default 1.") { Default = "1", Minimum = 1, Maximum = 100 }],
        PatchesSpecification = true,
        Reversible = true,
        Risks = "Drains and evictions that were refused until now take pods away, as many at once as it says.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var target = proposal.Target;
        var kind = ApiKind.PodDisruptionBudget;
        var live = await Tools.Api.FindAsync(kind, target.Namespace, target.Name, cancellation);
        // Before 1.21 only the beta is served.
        live ??= await Tools.Api.FindAsync(kind = ApiKind.PodDisruptionBudgetBeta, target.Namespace, target.Name, cancellation);
        if (live?["spec"] is not JsonObject spec) return Design.Blocked($"{target} does not exist.");
        var wanted = values.Integer("max-unavailable")!.Value;
        var expected = (live["status"] as JsonObject)?["expectedPods"] is JsonValue value && value.TryGetValue<int>(out var pods) ? pods : 0;
        if (expected > 0 && wanted >= expected) return Design.Blocked(string.Create(CultureInfo.InvariantCulture, $"{target} protects {expected} pods; letting {wanted} be away would protect none."));
        return new Design
        {
            Edits = [new ObjectEdit(kind, live, Patch(null, wanted), Patch(spec["minAvailable"], spec["maxUnavailable"]))],
            PodsTotal = expected,
            WorkloadsAffected = 0,
            UndoSummary = $"{target} back to minAvailable {spec["minAvailable"]?.ToJsonString() ?? "none"}, maxUnavailable {spec["maxUnavailable"]?.ToJsonString() ?? "none"}",
        };
    }

    private static JsonObject Patch(JsonNode? least, JsonNode? most) => new() { ["spec"] = new JsonObject { ["minAvailable"] = least?.DeepClone(), ["maxUnavailable"] = most?.DeepClone() } };
}
