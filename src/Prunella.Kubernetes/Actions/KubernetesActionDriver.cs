using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// The actions on Kubernetes behind the one port. Refusals of the API become blockers and effects here, so that each
/// action only tells its own story. Thread-safe.
/// </summary>
internal sealed class KubernetesActionDriver : IActionDriver
{
    private readonly Dictionary<string, IKubernetesAction> actions;
    private readonly KubernetesOptions options;
    private readonly IWriteGuard? guard;

    public KubernetesActionDriver(IEnumerable<IKubernetesAction> actions, KubernetesOptions options, IWriteGuard? guard = null)
    {
        this.guard = guard;
        this.actions = actions.ToDictionary(action => action.Descriptor.Name, StringComparer.Ordinal);
        this.options = options;
        Actions = [.. this.actions.Values.Select(action => action.Descriptor).OrderBy(descriptor => descriptor.Name, StringComparer.Ordinal)];
    }

    public IReadOnlyList<ActionDescriptor> Actions { get; }

    /// <summary>Targets of this cluster; of an action with several methods, only the one on the cluster.</summary>
    public bool Drives(Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return proposal.Target.Cluster == options.ClusterName && (!proposal.Parameters.TryGetValue("method", out var method) || method == RotateConnectionPool.Rolling);
    }

    public async Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        if (!actions.TryGetValue(proposal.Action, out var action)) return ActionPlan.Blocked(proposal, [WhyNot(proposal.Action)]);
        var values = new ParameterValues(action.Descriptor, proposal.Parameters);
        var blockers = new List<string>(values.Errors);
        if (ScopeBlocker(proposal.Target) is { } scope) blockers.Add(scope);
        var kinds = action.Descriptor.TargetKinds;
        if (kinds.Count > 0 && !kinds.Contains(proposal.Target.Kind)) blockers.Add($"{proposal.Action} applies to {string.Join(", ", kinds)}, not to {proposal.Target}.");
        if (blockers.Count > 0) return ActionPlan.Blocked(proposal, blockers);
        try
        {
            return await action.PlanAsync(proposal, values, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Transient)
        {
            throw new ActionFailedException(exception.Message, exception);
        }
        catch (ClusterApiException exception)
        {
            return ActionPlan.Blocked(proposal, [exception.Message]);
        }
    }

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (Refusal(plan) is { } why) return new Effect(EffectKind.Rejected, why);
        if (guard?.WhyNot() is { } standsBy) return new Effect(EffectKind.PreconditionFailed, $"Nothing was changed: {standsBy}");
        try
        {
            return await actions[plan.Proposal.Action].ExecuteAsync(plan, execution, cancellation);
        }
        catch (ClusterApiException exception)
        {
            return EffectOf(exception);
        }
    }

    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        // What this driver refuses to execute it cannot have done.
        if (Refusal(plan) is { } why) return new Observation(ObservationKind.NotApplied, why);
        try
        {
            return await actions[plan.Proposal.Action].ObserveAsync(plan, execution, cancellation);
        }
        catch (ClusterApiException exception)
        {
            return new Observation(ObservationKind.Unknown, exception.Message);
        }
    }

    public async Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(undo);
        if (!actions.TryGetValue(undo.Action, out var action)) return new Effect(EffectKind.Rejected, WhyNot(undo.Action));
        if (ScopeBlocker(undo.Target) is { } scope) return new Effect(EffectKind.Rejected, scope);
        // Not known is what lets the engine try again: whoever leads next, or this replica once it leads again, undoes it.
        if (guard?.WhyNot() is { } standsBy) return new Effect(EffectKind.Unknown, $"Nothing was undone yet: {standsBy}");
        try
        {
            return await action.UndoAsync(undo, execution, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.NotLeading)
        {
            return new Effect(EffectKind.Unknown, exception.Message);
        }
        catch (ClusterApiException exception)
        {
            return EffectOf(exception);
        }
    }

    private string? Refusal(ActionPlan plan)
    {
        if (!actions.TryGetValue(plan.Proposal.Action, out var action)) return WhyNot(plan.Proposal.Action);
        if (plan.Blockers.Count > 0) return $"The plan is blocked: {string.Join(" ", plan.Blockers)}";
        if (ScopeBlocker(plan.Proposal.Target) is { } scope) return scope;
        return plan.ManagedBy is { } manager && action.Descriptor.PatchesSpecification ? $"{plan.Proposal.Target} is managed by {manager}: its specification is not patched here; propose the diff where it is kept." : null;
    }

    private string? ScopeBlocker(Target target) =>
        target.Cluster != options.ClusterName ? $"{target} is in cluster {target.Cluster}; this driver acts on {options.ClusterName}."
        : !options.Allows(target.Namespace) ? $"Namespace {target.Namespace} is not among kubernetes:namespaces."
        : null;

    private static string WhyNot(string action) =>
        ForbiddenActions.IsForbidden(action) ? $"{action} is forbidden: nothing carries it out." : $"{Workloads.InertText.OneLine(action, 80)} is no action on Kubernetes.";

    private static Effect EffectOf(ClusterApiException exception) => exception.Failure switch
    {
        _ when exception.MayHaveHappened && exception.Verb is not ("get" or "list") => new Effect(EffectKind.Unknown, exception.Message),
        ClusterFailure.NotLeading or ClusterFailure.NotFound or ClusterFailure.Conflict or ClusterFailure.DisruptionBudget => new Effect(EffectKind.PreconditionFailed, exception.Message),
        _ => new Effect(EffectKind.Rejected, exception.Message),
    };
}
