using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// The right thing to do when the controller is already doing it: nothing, and a look at whether it helps. Sends no write, so
/// there is nothing to undo and nothing to settle after a restart.
/// </summary>
internal sealed class AwaitRepair(ActionTools tools) : IKubernetesAction
{
    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "await-repair",
        Summary = "Leaves the repair to the workload's controller and watches whether all replicas serve again. Changes nothing.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.None,
        ChangesNothing = true,
        TargetKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
        Soak = TimeSpan.FromSeconds(10),
        SettleWithin = TimeSpan.FromMinutes(3),
        Risks = "None of its own; while the controller cannot repair it, people hear of it only when the time is over.",
    };

    public async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var found = await tools.Reader.ReadAsync(proposal.Target, cancellation);
        List<string> blockers = found is null ? [$"{proposal.Target} does not exist."] : found.Metadata.DeletionTimestamp is not null ? [$"{proposal.Target} is being deleted."] : [];
        return new ActionPlan
        {
            Proposal = proposal,
            Diff = found is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Nothing is changed. {found.State.Ready} of {found.State.Desired} replicas are ready; the controller of {proposal.Target} makes the others.\n"),
            Objects = found is null ? [] : [new PlannedObject(proposal.Target.Kind, proposal.Target.Namespace, proposal.Target.Name, found.Metadata.Uid, null)],
            PodsTotal = found?.LivePods ?? 0,
            WorkloadsAffected = 0,
            ManagedBy = found?.State.ManagedBy,
            Blockers = blockers,
        };
    }

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var target = plan.Proposal.Target;
        var live = await tools.Api.FindAsync(ApiKind.Find(target.Kind)!, target.Namespace, target.Name, cancellation);
        return ObjectPatcher.Text(live?["metadata"] as System.Text.Json.Nodes.JsonObject, "uid") == plan.Objects[0].Uid
            ? new Effect(EffectKind.Applied, $"Left to the controller of {target}.")
            : new Effect(EffectKind.PreconditionFailed, $"{target} is gone or another object now.");
    }

    public Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Observation(ObservationKind.Applied, "It changes nothing; the validation tells whether the controller repaired it."));

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Applied, "There is nothing to undo."));
}
