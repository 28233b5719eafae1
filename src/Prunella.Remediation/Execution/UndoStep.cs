using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;

namespace Prunella.Remediation.Execution;

/// <summary>Undoing → the next step or Escalated. The undo intent is committed before; an undo may be repeated after a restart.</summary>
internal sealed class UndoStep(ActionCatalogue catalogue, Outcomes outcomes, IdSource ids, IncidentJournal journal, EngineOptions options)
{
    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        if (incident.LastAttempt is not { Plan: { Undo: { } undo } plan } attempt || catalogue.DriverOf(plan) is not { } driver)
            return await outcomes.UndoneAsync(incident, restored: false, "nothing can undo it").ConfigureAwait(false);
        if (attempt.UndoExecution is not { } execution)
        {
            execution = new ExecutionId(ids.Next());
            incident = await journal.CommitAsync(JudgeStep.With(incident, attempt with { UndoExecution = execution }), new Storage.StoreChange(), IncidentEventKind.Undone, "", cancellation).ConfigureAwait(false);
        }

        Effect effect;
        using var limited = new CancellationTokenSource(options.CallTimeout);
        try
        {
            effect = await driver.UndoAsync(undo, execution, limited.Token).ConfigureAwait(false);
        }
        catch (Exception away) when (away is ActionFailedException or OperationCanceledException)
        {
            effect = new Effect(EffectKind.Unknown, away.Message);
        }

        if (effect.Kind == EffectKind.Unknown && incident.Postponed < options.PostponeMax) throw new PostponedException($"the undo is not known to have worked: {effect.Text}");
        return await outcomes.UndoneAsync(incident, effect.Kind == EffectKind.Applied, effect.Text).ConfigureAwait(false);
    }
}
