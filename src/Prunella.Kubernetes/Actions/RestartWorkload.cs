using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>Replaces all pods in a rollout of the same specification.</summary>
internal sealed class RestartWorkload(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "restart-workload",
        Summary = "Replaces all pods of a workload a few at a time, as its update strategy says.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Disruptive = true,
        Risks = "In-memory state of every pod is lost; caches start cold.",
    };

    protected override Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation) =>
        Task.FromResult(RestartBlocker(view) is { } blocker ? Design.Blocked(blocker) : view.Rolling(RestartPatch(), undo: null));
}
