using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>An action that patches one or two objects. Subclasses only say what they would change; the rest is the same for all.</summary>
internal abstract class PatchAction(ActionTools tools) : IKubernetesAction
{
    private readonly ObjectPatcher patcher = new(tools.Api);

    protected ActionTools Tools { get; } = tools;

    public abstract ActionDescriptor Descriptor { get; }

    /// <summary>Looks at the target and says what would be changed, or what stands against it.</summary>
    protected abstract Task<Design> DesignAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation);

    public virtual async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var design = await DesignAsync(proposal, values, cancellation);
        var changes = new List<ObjectChange>();
        var diffs = new List<string>();
        if (design.Note.Length > 0) diffs.Add(design.Note + "\n");
        foreach (var edit in design.Blockers.Count > 0 ? [] : design.Edits)
        {
            try
            {
                var (change, diff) = await patcher.PlanAsync(edit, cancellation);
                if (change.DigestBefore == change.DigestAfter && !design.MayBeUnchanged) design.Blockers.Add($"{change.Title} is already so: nothing would change.");
                changes.Add(change);
                diffs.Add(diff.Length > 0 || design.MayBeUnchanged ? diff : $"{change.Title}: values that are not shown change.\n");
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Refused)
            {
                design.Blockers.Add($"The API refuses the change: {exception.Message}");
            }
        }
        var set = new ChangeSet(changes);
        return new ActionPlan
        {
            Proposal = proposal,
            Diff = string.Concat(diffs),
            Objects = [.. changes.Select((change, index) => new PlannedObject(change.Kind, change.Namespace, change.Name, change.Uid, ObjectPatcher.Text(design.Edits[index].Live["metadata"]?.AsObject(), "resourceVersion"))),
                .. design.Evictions.Select(pod => new PlannedObject("Pod", pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, null))],
            PodsAffected = design.PodsAffected,
            PodsTotal = design.PodsTotal,
            PodsAffectedNotReady = design.PodsAffectedNotReady,
            WorkloadsAffected = design.WorkloadsAffected,
            CumulativeGrowth = design.CumulativeGrowth,
            ManagedBy = design.ManagedBy ?? design.Edits.Select(edit => ObjectPatcher.ManagerOf(edit.Live)).FirstOrDefault(manager => manager is not null),
            Blockers = design.Blockers,
            DriverState = set.ToElement(),
            Undo = Descriptor.Reversible && changes.Any(change => change.Undo is not null) ? new UndoRecord(Descriptor.Name, proposal.Target, design.UndoSummary, set.ToElement()) : null,
        };
    }

    public virtual async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var done = new List<ObjectChange>();
        foreach (var change in ChangeSet.Of(plan.DriverState).Changes)
        {
            Effect effect;
            try
            {
                effect = await patcher.ApplyAsync(change, change.Patch, change.DigestBefore, alsoManaged: !Descriptor.PatchesSpecification, execution, cancellation);
            }
            catch (ClusterApiException exception) when (!exception.MayHaveHappened)
            {
                effect = new Effect(EffectKind.Rejected, exception.Message);
            }
            if (effect.Kind != EffectKind.Applied) return await TakeBackAsync(done, effect, execution, cancellation);
            done.Add(change);
        }
        var text = $"{Descriptor.Name}: {string.Join(", ", done.Select(change => change.Title))} changed.";
        foreach (var change in done) await Tools.Events.WriteAsync(ObjectPatcher.KindOf(change), change.Namespace, change.Name, change.Uid, execution, $"{Descriptor.Name} (execution {execution}) for {plan.Proposal.Cause}", cancellation);
        return new Effect(EffectKind.Applied, text);
    }

    // The second of two changes was refused: the first must not stay behind alone.
    private async Task<Effect> TakeBackAsync(List<ObjectChange> done, Effect effect, ExecutionId execution, CancellationToken cancellation)
    {
        foreach (var change in Enumerable.Reverse(done))
        {
            var undone = await patcher.UndoAsync(change, execution, cancellation);
            if (undone.Kind != EffectKind.Applied) return new Effect(EffectKind.Unknown, $"{effect.Text} {change.Title} had been changed before and could not be put back: {undone.Text}");
        }
        return effect;
    }

    public virtual async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var changes = ChangeSet.Of(plan.DriverState).Changes;
        var marked = 0;
        await Tools.SeenAsync(async () =>
        {
            marked = 0;
            foreach (var change in changes) if (await patcher.CarriesMarkAsync(change, execution, cancellation)) marked++;
            return marked == changes.Count;
        }, cancellation);
        var titles = string.Join(", ", changes.Select(change => change.Title));
        return marked == changes.Count ? new Observation(ObservationKind.Applied, $"{titles} carries the mark of execution {execution}.")
            : marked == 0 ? new Observation(ObservationKind.NotApplied, $"{titles} does not carry the mark of execution {execution}.")
            : new Observation(ObservationKind.Unknown, $"Only {marked} of {changes.Count} objects carry the mark of execution {execution}: {titles}.");
    }

    public virtual async Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation)
    {
        var texts = new List<string>();
        // In the order of execution: a configuration is back before the pods that read it start again.
        foreach (var change in ChangeSet.Of(undo.Before).Changes)
        {
            var effect = await patcher.UndoAsync(change, execution, cancellation);
            if (effect.Kind != EffectKind.Applied) return effect with { Text = string.Join(" ", [.. texts, effect.Text]) };
            texts.Add(effect.Text);
            await Tools.Events.WriteAsync(ObjectPatcher.KindOf(change), change.Namespace, change.Name, change.Uid, execution, $"{Descriptor.Name} undone (execution {execution})", cancellation);
        }
        return new Effect(EffectKind.Applied, string.Join(" ", texts));
    }
}
