using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>Gives a workload new connection pools by a rolling restart. The other methods belong to integrations.</summary>
internal sealed class RotateConnectionPool(ActionTools tools) : WorkloadPatchAction(tools)
{
    internal const string Rolling = "rolling";

    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "rotate-connection-pool",
        Summary = "Closes a workload's pooled connections so that it opens new ones.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        Parameters = [new("method", ParameterKind.Text, "How: rolling (restart the pods a few at a time; default), http (the application's own hook) or postgres (end idle backends).") { Default = Rolling }],
        Disruptive = true,
        Risks = "Requests in flight on the old connections may fail.",
    };

    protected override Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        var method = view.Values.Text("method");
        if (method != Rolling) return Task.FromResult(Design.Blocked($"Method {Workloads.InertText.OneLine(method, 60)} is not carried out on the cluster; configure the integration that has it, or use rolling."));
        if (!RollingKinds.Contains(view.Proposal.Target.Kind)) return Task.FromResult(Design.Blocked($"{view.Proposal.Target} has no rolling restart."));
        return Task.FromResult(RestartBlocker(view) is { } blocker ? Design.Blocked(blocker) : view.Rolling(RestartPatch(), undo: null));
    }
}
