using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Changes the bounds between which an autoscaler may choose.</summary>
internal sealed class AdjustHpa(ActionTools tools) : PatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "adjust-hpa",
        Summary = "Changes the least and the greatest number of replicas of a horizontal pod autoscaler.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Workload,
        TargetKinds = ["HorizontalPodAutoscaler", "Deployment", "StatefulSet"],
        Parameters =
        [
            new("min", ParameterKind.Integer, "The least number of replicas; unchanged by default.") { Minimum = 1, Maximum = 500 },
            new("max", ParameterKind.Integer, "The greatest number of replicas; by default half as many again when min is not given either.") { Minimum = 1, Maximum = 500 },
        ],
        PatchesSpecification = true,
        Reversible = true,
        Risks = "A wider bound costs more under load and opens more connections; a narrower one ends pods.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var target = proposal.Target;
        var scalers = (await Tools.Api.ListAsync<V1HorizontalPodAutoscaler>(ApiKind.HorizontalPodAutoscaler, target.Namespace, cancellation))
            .Where(scaler => target.Kind == "HorizontalPodAutoscaler" ? scaler.Metadata.Name == target.Name : scaler.Spec?.ScaleTargetRef is { } reference && reference.Kind == target.Kind && reference.Name == target.Name).ToList();
        if (scalers is not [var found]) return Design.Blocked(scalers.Count == 0 ? $"No horizontal pod autoscaler is or scales {target}." : $"{scalers.Count} autoscalers scale {target}.");
        var (min, max) = (found.Spec.MinReplicas ?? 1, found.Spec.MaxReplicas);
        var nextMin = values.Integer("min") ?? min;
        var nextMax = values.Integer("max") ?? (values.Has("min") ? Math.Max(max, nextMin) : max + Math.Max(1, max / 2));
        if (nextMin > nextMax) return Design.Blocked(string.Create(CultureInfo.InvariantCulture, $"The least number ({nextMin}) would exceed the greatest ({nextMax})."));
        var current = found.Status?.CurrentReplicas ?? 0;
        var live = await Tools.Api.GetAsync(ApiKind.HorizontalPodAutoscaler, target.Namespace, found.Metadata.Name, cancellation);
        return new Design
        {
            Edits = [new ObjectEdit(ApiKind.HorizontalPodAutoscaler, live, Patch(nextMin, nextMax), Patch(found.Spec.MinReplicas, max))],
            // A smaller greatest number ends the pods above it.
            PodsAffected = Math.Max(0, current - nextMax),
            PodsTotal = current,
            UndoSummary = string.Create(CultureInfo.InvariantCulture, $"back to {min} to {max} replicas"),
        };
    }

    private static JsonObject Patch(int? min, int max) => new() { ["spec"] = new JsonObject { ["minReplicas"] = min, ["maxReplicas"] = max } };
}
