using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Validating;

namespace Prunella.Remediation.Execution;

/// <summary>
/// Cleared → Executing → Validating. The gate runs again, the intent is committed with lock and baseline, and only then the
/// driver is called, once for each execution id. An intent found without an outcome is settled by observation.
/// </summary>
internal sealed class ExecuteStep(
    ActionCatalogue catalogue, JudgeStep judge, BaselineReader baselines, BreakerBook breakers, Outcomes outcomes,
    GateOptions gate, IncidentJournal journal, IdSource ids, EngineOptions options)
{
    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        if (incident.LastAttempt is not { Proposal: var proposal } attempt) throw new InvalidOperationException($"{incident.Id} is cleared without an attempt.");
        var execution = new ExecutionId(ids.Next());
        var judged = await judge.JudgeAsync(proposal, execution, cancellation).ConfigureAwait(false);
        if (judged.Verdict.Kind != VerdictKind.Execute) return await PutOffAsync(incident, judged, cancellation).ConfigureAwait(false);
        if (catalogue.DriverOf(proposal) is not { } driver || judged is not { Plan: { } plan, Action: { } action })
            throw new InvalidOperationException($"{proposal.Action} was allowed without a driver and a plan.");

        var now = journal.Now;
        var record = new ExecutionRecord { Id = execution, Incident = incident.Id, Action = proposal.Action, Class = Gate.ClassOf(action, gate), Target = proposal.Target, StartedAt = now };
        var intended = JudgeStep.With(incident, attempt with
        {
            Plan = plan, Execution = execution, Verdict = judged.Verdict.Kind.ToString(), Reasons = [.. judged.Verdict.Reasons.Select(reason => reason.Text)],
            Baseline = await baselines.CaptureAsync(incident, proposal.Target, cancellation).ConfigureAwait(false),
        }) with { State = IncidentState.Executing, WakeAt = now };
        try
        {
            incident = await journal.CommitAsync(
                intended,
                new StoreChange
                {
                    Executions = [record],
                    Lock = new TargetLock(proposal.Target.Key, execution),
                    Settings = await breakers.OnStartAsync(record, now, cancellation).ConfigureAwait(false),
                    Ledger = [LedgerFacts.Draft("intent", incident.Id.ToString(), new { execution = execution.ToString(), proposal.Action, target = proposal.Target.Key, proposal.Parameters, proposal.Digest, plan.Objects, plan.Diff, undo = plan.Undo?.Summary, approval = attempt.Approval?.ToString() })],
                },
                IncidentEventKind.Judged, "", cancellation).ConfigureAwait(false);
        }
        catch (TargetBusyException busy)
        {
            throw new PostponedException(busy.Message);
        }

        var effect = await CallAsync(token => driver.ExecuteAsync(plan, execution, token)).ConfigureAwait(false);
        return await SettleEffectAsync(incident, effect).ConfigureAwait(false);
    }

    /// <summary>Settles an intent without an outcome, after a restart or a lost connection: looks, and never acts again.</summary>
    internal async Task<Incident> SettleAsync(Incident incident, CancellationToken cancellation)
    {
        if (incident.LastAttempt is not { Execution: { } execution, Plan: { } plan } || catalogue.DriverOf(plan) is not { } driver)
            return await outcomes.GiveUpAsync(incident, "an execution was begun, and nothing can tell whether it had its effect").ConfigureAwait(false);

        Observation observed;
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.CallTimeout);
            observed = await driver.ObserveAsync(plan, execution, limited.Token).ConfigureAwait(false);
        }
        catch (Exception away) when (away is ActionFailedException || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new PostponedException($"the target of execution {execution} cannot be observed: {away.Message}");
        }

        return observed.Kind switch
        {
            ObservationKind.Applied => await SettleEffectAsync(incident, new Effect(EffectKind.Applied, $"settled by observation: {observed.Text}")).ConfigureAwait(false),
            ObservationKind.NotApplied => await SettleEffectAsync(incident, new Effect(EffectKind.PreconditionFailed, $"settled by observation: {observed.Text}")).ConfigureAwait(false),
            _ => await outcomes.GiveUpAsync(incident, $"it cannot be told whether execution {execution} had its effect: {observed.Text}").ConfigureAwait(false),
        };
    }

    private async Task<Incident> PutOffAsync(Incident incident, Judgement judged, CancellationToken cancellation)
    {
        // A restriction that appeared since the first judgement is treated as it would have been then.
        return await judge.FollowAsync(incident, judged, cancellation).ConfigureAwait(false);
    }

    private async Task<Incident> SettleEffectAsync(Incident incident, Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Applied:
                return await outcomes.BeginValidationAsync(incident, effect.Text).ConfigureAwait(false);
            case EffectKind.PreconditionFailed:
                return await outcomes.NothingChangedAsync(incident, effect.Text, again: true).ConfigureAwait(false);
            case EffectKind.Rejected:
                return await outcomes.NothingChangedAsync(incident, effect.Text, again: false).ConfigureAwait(false);
            default:
                throw new PostponedException($"the effect is not known: {effect.Text}");
        }
    }

    /// <summary>Calls a driver for an effect. A failure of any kind may have come after the change: it is unknown, never "not done".</summary>
    private async Task<Effect> CallAsync(Func<CancellationToken, Task<Effect>> call)
    {
        using var limited = new CancellationTokenSource(options.CallTimeout);
        try
        {
            return await call(limited.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a driver throws, the intent stands and has to be settled by observation.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new Effect(EffectKind.Unknown, failure.Message);
        }
    }
}
