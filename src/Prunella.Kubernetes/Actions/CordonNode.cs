using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Keeps new pods away from a node.</summary>
internal class CordonNode(ActionTools tools) : PatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "cordon-node",
        Summary = "Marks a node unschedulable: what runs there stays, nothing new comes.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Node,
        TargetKinds = ["Node"],
        PatchesSpecification = true,
        Reversible = true,
        Risks = "The cluster has less room; pods that fit only there stay pending.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var nodes = await Tools.Api.ListAsync<V1Node>(ApiKind.Node, "", cancellation);
        var name = proposal.Target.Name;
        if (nodes.FirstOrDefault(node => node.Metadata.Name == name) is not { } found) return Design.Blocked($"There is no node {name}.");
        if (!nodes.Any(node => node.Metadata.Name != name && Serves(node))) return Design.Blocked($"No other node is ready and schedulable: without {name} nothing could be placed any more.");
        var live = await Tools.Api.GetAsync(ApiKind.Node, "", name, cancellation);
        var wasCordoned = found.Spec?.Unschedulable == true;
        return new Design
        {
            Edits = [new ObjectEdit(ApiKind.Node, live, Patch(true), wasCordoned ? null : Patch(null))],
            UndoSummary = $"node {name} takes pods again",
        };
    }

    internal static JsonObject Patch(bool? unschedulable) => new() { ["spec"] = new JsonObject { ["unschedulable"] = unschedulable } };

    /// <summary>Whether its kubelet says so, and it is to stay.</summary>
    internal static bool IsReady(V1Node node) =>
        node.Metadata.DeletionTimestamp is null && node.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static bool Serves(V1Node node) => node.Spec?.Unschedulable != true && IsReady(node);
}
