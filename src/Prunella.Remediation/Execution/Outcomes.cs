using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Validating;

namespace Prunella.Remediation.Execution;

/// <summary>Records what became of an execution: outcome entry, limits, breakers, demotion, unlock, and the next step.</summary>
internal sealed class Outcomes(
    IRemediationStore store, BreakerBook breakers, StageBook stages, StageLadder ladder, IncidentJournal journal, RemediationMetrics metrics, Validator validator,
    EngineOptions options)
{
    /// <summary>The effect happened: validation begins.</summary>
    internal Task<Incident> BeginValidationAsync(Incident incident, string text) => journal.RecordAsync(
        incident,
        latest =>
        {
            var now = journal.Now;
            var attempt = latest.LastAttempt!;
            var until = now + validator.SettleTime(latest, attempt);
            var next = JudgeStep.With(latest, attempt with { ActedAt = now, EffectText = text, ValidateUntil = until, WellSince = null }) with
            {
                State = IncidentState.Validating, ActedAt = now, WakeAt = now + options.ValidationInterval, Postponed = 0,
            };
            return Task.FromResult((next, new StoreChange { Ledger = [LedgerFacts.Draft("effect", latest.Id.ToString(), new { execution = attempt.Execution?.ToString(), attempt.Proposal.Action, target = attempt.Proposal.Target.Key, text })] }));
        },
        IncidentEventKind.Acted, $"{incident.LastAttempt?.Proposal.Action} on {incident.LastAttempt?.Proposal.Target}: {text}");

    /// <summary>Nothing was changed. Judged again when <paramref name="again"/>, because only a precondition had gone; else the next step.</summary>
    internal Task<Incident> NothingChangedAsync(Incident incident, string text, bool again) => journal.RecordAsync(
        incident,
        async latest =>
        {
            var now = journal.Now;
            var attempt = latest.LastAttempt! with { EffectText = text, Validation = again ? null : ValidationResult.NotFixed, ValidationText = text };
            var next = JudgeStep.With(latest, attempt);
            var change = await FinishAsync(next, attempt, again ? null : ValidationResult.NotFixed, changed: false, text).ConfigureAwait(false);
            if (again && latest.Postponed < options.PostponeMax)
                return (next with { State = IncidentState.Diagnosed, Postponed = latest.Postponed + 1, WakeAt = now + Pause(latest.Postponed) }, change);
            return Onward(next, change, $"{attempt.Proposal.Action} could not be done: {text}");
        },
        IncidentEventKind.Acted, $"{incident.LastAttempt?.Proposal.Action} changed nothing: {text}");

    /// <summary>A validation ended.</summary>
    internal Task<Incident> ValidatedAsync(Incident incident, ValidationResult result, string text, DateTimeOffset? wellSince) => journal.RecordAsync(
        incident,
        async latest =>
        {
            var now = journal.Now;
            var attempt = latest.LastAttempt! with { Validation = result, ValidationText = text, WellSince = wellSince };
            var next = JudgeStep.With(latest, attempt);
            if (result is ValidationResult.NotFixed or ValidationResult.Regressed && attempt.Plan?.Undo is not null)
            {
                return (next with { State = IncidentState.Undoing, WakeAt = journal.Now, Postponed = 0 }, new StoreChange
                {
                    Ledger = [ValidationDraft(next, attempt), LedgerFacts.Draft("undo-intent", latest.Id.ToString(), new { execution = attempt.Execution?.ToString(), attempt.Proposal.Action, attempt.Plan.Undo.Summary })],
                });
            }

            var change = await FinishAsync(next, attempt, result, changed: true, text).ConfigureAwait(false);
            change = change with { Ledger = [ValidationDraft(next, attempt), .. change.Ledger] };
            if (result == ValidationResult.Fixed)
            {
                var (resolved, resolution) = Endings.Resolved(next, $"{attempt.Proposal.Action} fixed it: {text}", wellSince, now);
                return (resolved, change.And(resolution));
            }

            if (result == ValidationResult.Inconclusive)
            {
                var (escalated, escalation) = Endings.Escalated(next, $"{attempt.Proposal.Action} was done, and whether it helped cannot be told: {text}", JudgeStep.Advice(next), now);
                return (escalated, change.And(escalation));
            }

            return Onward(next, change, $"{attempt.Proposal.Action} did not fix it ({result}): {text}");
        },
        IncidentEventKind.Checked, $"{result}: {text}");

    /// <summary>The target went while its own repair was awaited.</summary>
    internal Task<Incident> GoneAsync(Incident incident, string text) => journal.RecordAsync(
        incident,
        async latest =>
        {
            var attempt = latest.LastAttempt! with { ValidationText = text };
            var next = JudgeStep.With(latest, attempt);
            var change = await FinishAsync(next, attempt, null, changed: false, text).ConfigureAwait(false);
            var (closed, closing) = Endings.Closed(next, $"{text} while its repair was awaited", journal.Now);
            return (closed, change.And(closing));
        },
        IncidentEventKind.Checked, text);

    /// <summary>An undo ended.</summary>
    internal Task<Incident> UndoneAsync(Incident incident, bool restored, string text) => journal.RecordAsync(
        incident,
        async latest =>
        {
            var attempt = latest.LastAttempt! with { UndoText = text };
            var next = JudgeStep.With(latest, attempt);
            var change = await FinishAsync(next, attempt, attempt.Validation, changed: true, text).ConfigureAwait(false);
            change = change with { Ledger = [LedgerFacts.Draft("undo-outcome", latest.Id.ToString(), new { execution = attempt.Execution?.ToString(), attempt.Proposal.Action, restored, text }), .. change.Ledger] };
            if (restored) return Onward(next, change, $"{attempt.Proposal.Action} did not fix it ({attempt.Validation}) and was undone: {attempt.ValidationText}");
            var (escalated, escalation) = Endings.Escalated(next, $"{attempt.Proposal.Action} did not fix it and could not be undone: {text}", $"Restore by hand: {attempt.Plan?.Undo?.Summary}", journal.Now);
            return (escalated, change.And(escalation));
        },
        IncidentEventKind.Undone, text);

    /// <summary>It cannot be told whether an execution had its effect: a person looks.</summary>
    internal Task<Incident> GiveUpAsync(Incident incident, string why) => journal.RecordAsync(
        incident,
        async latest =>
        {
            var attempt = latest.LastAttempt! with { Validation = ValidationResult.Inconclusive, ValidationText = why };
            var next = JudgeStep.With(latest, attempt);
            var change = await FinishAsync(next, attempt, ValidationResult.Inconclusive, changed: true, why).ConfigureAwait(false);
            var (escalated, escalation) = Endings.Escalated(next, why, $"Look at {attempt.Proposal.Target} before anything else; the plan was: {attempt.Plan?.Diff}", journal.Now);
            return (escalated, change.And(escalation));
        },
        IncidentEventKind.Escalated, why);

    /// <summary>The pause after so many postponements.</summary>
    internal TimeSpan Pause(int postponed) => TimeSpan.FromSeconds(Math.Min(options.PauseMax.TotalSeconds, options.Pause.TotalSeconds * Math.Pow(2, Math.Min(postponed, 20))));

    private (Incident, StoreChange) Onward(Incident incident, StoreChange change, string why)
    {
        var now = journal.Now;
        var failures = incident.Attempts.Count(attempt => attempt.Execution is not null && attempt.Validation is not null and not ValidationResult.Fixed);
        if (failures < incident.EscalateAfter && incident.StepIndex + 1 < incident.Course.Count) return (JudgeStep.Advance(incident, now), change);
        var (escalated, escalation) = Endings.Escalated(incident, why, JudgeStep.Advice(incident), now);
        return (escalated, change.And(escalation));
    }

    /// <summary>The outcome entry with everything that follows from it.</summary>
    private async Task<StoreChange> FinishAsync(Incident incident, Attempt attempt, ValidationResult? validation, bool changed, string text)
    {
        var now = journal.Now;
        if (attempt.Execution is not { } execution) return new StoreChange();
        var target = attempt.Proposal.Target;
        var known = (await store.ExecutionsAsync(new ExecutionQuery { TargetKey = target.Key, Action = attempt.Proposal.Action, Max = 100 }, CancellationToken.None).ConfigureAwait(false))
            .FirstOrDefault(candidate => candidate.Id == execution)
            ?? throw new InvalidOperationException($"The execution {execution} has no record of its intent.");
        var record = known with { FinishedAt = now, Validation = validation, Changed = changed };
        var breakerChange = changed || validation is not null
            ? await breakers.OnOutcomeAsync(record, now, CancellationToken.None).ConfigureAwait(false)
            : new BreakerChange([], []);
        var change = new StoreChange
        {
            Executions = [record],
            Unlock = new TargetLock(target.Key, execution),
            Settings = breakerChange.Settings,
            Ledger = [LedgerFacts.Draft("outcome", incident.Id.ToString(), new { execution = execution.ToString(), attempt.Proposal.Action, target = target.Key, changed, validation, text })],
        };
        foreach (var opened in breakerChange.Opened)
        {
            change = change.And(new StoreChange
            {
                Notices = [new Notice(NoticeKind.Safety, $"breaker/{opened.Scope}/{now.UtcTicks}", incident.Id, $"Breaker {opened.Scope} opened", opened.Why, now) { Severity = Severity.Critical }],
                Ledger = [LedgerFacts.Draft("breaker-opened", opened.Scope, opened)],
            });
        }

        var whyDemote = breakerChange.Opened.Count > 0 ? $"breaker {breakerChange.Opened[0].Scope} opened" : await ladder.WhyDemoteAsync(record, CancellationToken.None).ConfigureAwait(false);
        if (whyDemote is not null && await stages.DemotionAsync(target, record.Class, whyDemote, now, CancellationToken.None).ConfigureAwait(false) is { } demotion)
        {
            change = change.And(demotion.Change);
        }

        metrics.Attempt(attempt.Proposal.Action, validation?.ToString() ?? "Unchanged");
        return change;
    }

    private static Ledger.LedgerDraft ValidationDraft(Incident incident, Attempt attempt) => LedgerFacts.Draft("validation", incident.Id.ToString(), new
    {
        execution = attempt.Execution?.ToString(), attempt.Proposal.Action, result = attempt.Validation, text = attempt.ValidationText, attempt.Baseline, attempt.WellSince,
    });
}
