using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// One action of the catalogue on Kubernetes. What the API refuses comes out as <see cref="Connection.ClusterApiException"/>;
/// the driver turns it into blockers and effects.
/// </summary>
internal interface IKubernetesAction
{
    ActionDescriptor Descriptor { get; }

    Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation);

    Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation);

    Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation);

    Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation);
}
