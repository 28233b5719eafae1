using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>Restarts a database that runs in the cluster: the same rollout as of any workload, but never without a person.</summary>
internal sealed class RestartDatabase(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "restart-database",
        Summary = "Restarts the pods of a database one after another.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Dependency,
        TargetKinds = ["StatefulSet", "Deployment", "Database"],
        Disruptive = true,
        ApprovalExpiry = TimeSpan.FromMinutes(2),
        SettleWithin = TimeSpan.FromMinutes(10),
        Risks = "Open connections and running transactions are cut; recovery may take minutes; every client notices.",
    };

    protected override async Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        if (proposal.Target.Kind != "Database") return await base.DesignAsync(proposal, values, cancellation);
        var found = new List<Target>();
        foreach (var kind in (string[])["StatefulSet", "Deployment"])
        {
            var candidate = proposal.Target with { Kind = kind };
            if (await Tools.Reader.ReadAsync(candidate, cancellation) is not null) found.Add(candidate);
        }
        return found.Count == 1
            ? await base.DesignAsync(proposal with { Target = found[0] }, values, cancellation)
            : Design.Blocked($"{proposal.Target} is {(found.Count == 0 ? "no stateful set or deployment" : "both a stateful set and a deployment")} of the cluster.");
    }

    protected override Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation) =>
        Task.FromResult(RestartBlocker(view) is { } blocker ? Design.Blocked(blocker) : view.Rolling(RestartPatch(), undo: null));
}
