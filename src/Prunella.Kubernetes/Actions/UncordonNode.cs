using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Lets a node whose maintenance is over take pods again.</summary>
internal sealed class UncordonNode(ActionTools tools) : PatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "uncordon-node",
        Summary = "Lets a cordoned node that is ready take pods again.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Node,
        TargetKinds = ["Node"],
        PatchesSpecification = true,
        Reversible = true,
        Risks = "Somebody took the node out of service on purpose, and new pods come to it again. Undoing cordons it; the pods that came stay.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var name = proposal.Target.Name;
        if (await Tools.Api.FindAsync(ApiKind.Node, "", name, cancellation) is not { } live) return Design.Blocked($"There is no node {name}.");
        if (!CordonNode.IsReady(ObjectJson.Read<V1Node>(live)!)) return Design.Blocked($"Node {name} is not ready: what would be placed there would not run.");
        return new Design { Edits = [new ObjectEdit(ApiKind.Node, live, CordonNode.Patch(null), CordonNode.Patch(true))], UndoSummary = $"node {name} takes no new pods" };
    }
}
