using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Asks for a larger volume where the storage class can give it. There is no way back: volumes never shrink.</summary>
internal sealed class ExpandVolume(ActionTools tools) : PatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "expand-volume",
        Summary = "Raises the size that a volume claim asks for.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Dependency,
        TargetKinds = ["PersistentVolumeClaim"],
        Parameters =
        [
            new("factor", ParameterKind.Number, "How much larger, as a factor; default 1.5.") { Default = "1.5", Minimum = 1.05, Maximum = 4 },
            new("size", ParameterKind.Quantity, "The new size in bytes, as 20Gi, in place of factor."),
            new("max-size", ParameterKind.Quantity, "A size never exceeded; default 1Ti.") { Default = "1Ti" },
        ],
        PatchesSpecification = true,
        Grows = "storage",
        SettleWithin = TimeSpan.FromMinutes(15),
        Risks = "Cannot be undone and costs more; some drivers expand only when the pod starts again.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var target = proposal.Target;
        if (await Tools.Api.FindAsync<V1PersistentVolumeClaim>(ApiKind.PersistentVolumeClaim, target.Namespace, target.Name, cancellation) is not { } claim) return Design.Blocked($"{target} does not exist.");
        if (claim.Status?.Phase != "Bound") return Design.Blocked($"{target} is {claim.Status?.Phase ?? "in an unknown phase"}, and only a bound claim can grow.");
        if (claim.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "Resizing" or "FileSystemResizePending", Status: "True" }) is { } resizing) return Design.Blocked($"{target} is growing already ({resizing.Type}).");
        if (claim.Spec?.StorageClassName is not { Length: > 0 } className) return Design.Blocked($"{target} has no storage class, so nothing could make its volume larger.");
        var storageClass = await Tools.Api.FindAsync<V1StorageClass>(ApiKind.StorageClass, "", className, cancellation);
        if (storageClass?.AllowVolumeExpansion != true) return Design.Blocked($"Storage class {className} of {target} does not allow volumes to grow (allowVolumeExpansion).");
        if (Quantities.Of(claim.Spec.Resources?.Requests, "storage") is not { } current) return Design.Blocked($"{target} does not say how much it asks for.");
        // Whole gibibytes from one on: providers round up to them anyway.
        var step = current >= 1 << 30 ? 1 << 30 : 1 << 20;
        var next = values.Quantity("size") ?? Math.Ceiling(current * values.Number("factor")!.Value / step - 1e-9) * step;
        if (next <= current) return Design.Blocked($"{target} asks for {Quantity.FromBytes(current)} already; {Quantity.FromBytes(next)} is asked for.");
        if (next > values.Quantity("max-size")) return Design.Blocked($"{Quantity.FromBytes(next)} exceeds the bound of {values.Text("max-size")} (parameter max-size).");
        var live = await Tools.Api.GetAsync(ApiKind.PersistentVolumeClaim, target.Namespace, target.Name, cancellation);
        var (factor, annotation, _, after) = Growth.Step(live, "storage", "storage", claim.Spec.Resources!.Requests["storage"].ToString(), Quantity.FromBytes(next));
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = after } },
            ["spec"] = new JsonObject { ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = Quantity.FromBytes(next) } } },
        };
        return new Design { Edits = [new ObjectEdit(ApiKind.PersistentVolumeClaim, live, patch, null)], CumulativeGrowth = factor };
    }
}
