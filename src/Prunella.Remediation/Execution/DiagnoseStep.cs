using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Gathered → Diagnosed, Closed or Escalated: asks every diagnostician and takes the best finding.</summary>
internal sealed class DiagnoseStep(
    IRemediationStore store, IWorkloadSource workloads, IEnumerable<IDiagnostician> diagnosticians, IEnumerable<IMetricSource> metrics, LateAlerts late,
    BreakerBook breakers, BreakerOptions breakerOptions, IncidentJournal journal, EngineOptions options)
{
    private const int SignalsMax = 100;

    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        var context = new IncidentContext
        {
            Incident = incident,
            Signals = await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation).ConfigureAwait(false),
            Workload = GateStateReader.IsWorkload(incident.Target) ? await workloads.ReadAsync(incident.Target, cancellation).ConfigureAwait(false) : null,
            Metrics = metrics.ToDictionary(source => source.Name, StringComparer.Ordinal),
            Now = journal.Now,
        };
        var findings = new List<Finding>();
        foreach (var diagnostician in diagnosticians) findings.AddRange(await diagnostician.DiagnoseAsync(context, cancellation).ConfigureAwait(false));

        var ranked = StandingFinding.Ranked(findings);
        var standing = StandingFinding.Of(ranked, options.RecognisedMin);
        var best = standing?.Finding;
        // Without a target only what needs none stands: that nothing is to be done, or that a person has to look.
        if (incident.Target.Kind == Correlator.UnresolvedKind && best is not ({ NoAction: true } or { EscalateAtOnce: true })) return await WithoutTargetAsync(incident, cancellation).ConfigureAwait(false);
        // What the operator noticed comes and goes between two looks; it comes back, or the operator tells that it is over.
        if (best is null && ranked.Count == 0 && incident.FirstSignal.Source == Signal.OperatorSource && incident.Postponed < options.PostponeMax)
            throw new PostponedException($"{incident.FirstSignal.Name} is not to be seen at this moment");
        if (best is null && await late.FixedBeforeAsync(context, cancellation).ConfigureAwait(false) is { } before)
            throw new PostponedException($"{before.Id.Short} has fixed {before.Diagnosis!.Cause}, and {incident.Target} is well; its alerts are given time to end");
        if (standing is null || best is null) return await UnknownAsync(incident, ranked, cancellation).ConfigureAwait(false);

        var others = standing.Others;
        var diagnosis = best.Diagnosis with
        {
            Confidence = standing.Confidence,
            Evidence = [.. best.Diagnosis.Evidence.Concat(others.Where(finding => Weighing.Supports(finding, best)).SelectMany(finding => finding.Diagnosis.Evidence)).Distinct().Take(options.EvidenceMax)],
            Rejected =
            [
                .. best.Diagnosis.Rejected,
                .. others.Where(finding => finding.Diagnosis.Cause != best.Diagnosis.Cause).Select(finding => new RejectedCause(finding.Diagnosis.Cause, Weighing.Against(finding, best))),
            ],
        };
        var diagnosed = incident with
        {
            State = IncidentState.Diagnosed,
            Diagnosis = diagnosis,
            Course = best.Course,
            EscalateAfter = Math.Max(1, best.EscalateAfter),
            ErrorRateQuery = best.ErrorRateQuery,
            StepIndex = 0,
            Postponed = 0,
            Advice = best.Advice,
            WakeAt = best.Course.Count > 0 && best.Course[0].WaitBefore > TimeSpan.Zero ? journal.Now + best.Course[0].WaitBefore : journal.Now,
        };
        var change = new StoreChange { Ledger = [Draft(incident, diagnosis, best)] };
        change = change.And(await RecurrenceAsync(diagnosed, cancellation).ConfigureAwait(false));
        var text = $"{diagnosis.Cause} ({diagnosis.Confidence:P0}): {diagnosis.Summary}";
        if (best.NoAction)
        {
            var (closed, closing) = Endings.Closed(diagnosed, $"no action: {diagnosis.Summary}", journal.Now);
            return await journal.CommitAsync(closed, change.And(closing), IncidentEventKind.Closed, text, cancellation).ConfigureAwait(false);
        }

        if (best.EscalateAtOnce || best.Course.Count == 0)
        {
            var (escalated, escalation) = Endings.Escalated(diagnosed, $"{diagnosis.Cause} is for a person: {diagnosis.Summary}", best.Advice, journal.Now);
            return await journal.CommitAsync(escalated, change.And(escalation), IncidentEventKind.Escalated, escalated.Outcome, cancellation).ConfigureAwait(false);
        }

        return await journal.CommitAsync(diagnosed, change, IncidentEventKind.Diagnosed, text, cancellation).ConfigureAwait(false);
    }

    private async Task<Incident> WithoutTargetAsync(Incident incident, CancellationToken cancellation)
    {
        var why = incident.Evidence.LastOrDefault(fact => fact.Source == GatherStep.TargetSource)?.Text ?? "the target cannot be told";
        var (ended, change) = Endings.Escalated(
            incident, why, "Look at the alert's labels; Prunella needs the namespace and one of pod, deployment, statefulset, daemonset, job or node.", journal.Now);
        return await journal.CommitAsync(ended, change, IncidentEventKind.Escalated, ended.Outcome, cancellation).ConfigureAwait(false);
    }

    private async Task<Incident> UnknownAsync(Incident incident, List<Finding> ranked, CancellationToken cancellation)
    {
        var diagnosis = new Diagnosis
        {
            Cause = Diagnosis.Unknown,
            Confidence = 0,
            Summary = ranked.Count == 0 ? "no known cause fits the facts" : "no known cause fits the facts well enough",
            DecidedBy = "prunella",
            Evidence = incident.Evidence,
            Rejected = [.. ranked.Select(finding => new RejectedCause(finding.Diagnosis.Cause, $"too little confidence ({finding.Diagnosis.Confidence:0.00}): {finding.Diagnosis.Summary}"))],
        };
        var (ended, change) = Endings.Escalated(
            incident with { Diagnosis = diagnosis }, diagnosis.Summary, "Diagnose by hand with the facts above; a playbook for this alert would teach Prunella what to do next time.", journal.Now);
        return await journal.CommitAsync(ended, new StoreChange { Ledger = [Draft(incident, diagnosis, null)] }.And(change), IncidentEventKind.Escalated, ended.Outcome, cancellation).ConfigureAwait(false);
    }

    /// <summary>A fix of the same trouble that did not hold counts against its breakers from now on.</summary>
    private async Task<StoreChange> RecurrenceAsync(Incident incident, CancellationToken cancellation)
    {
        var now = journal.Now;
        await foreach (var (execution, before) in store.FixesBeforeAsync(incident, now - breakerOptions.RecurrenceWindow, cancellation).ConfigureAwait(false))
        {
            if (before.Diagnosis?.Cause != incident.Diagnosis?.Cause) continue;
            var recurred = execution with { RecurredAt = now };
            var change = await breakers.OnOutcomeAsync(recurred, now, cancellation).ConfigureAwait(false);
            return new StoreChange
            {
                Executions = [recurred],
                Settings = change.Settings,
                Ledger = [LedgerFacts.Draft("recurred", incident.Id.ToString(), new { execution = execution.Id.ToString(), execution.Action, incident = execution.Incident.ToString(), opened = change.Opened.Select(breaker => breaker.Scope) })],
            };
        }

        return new StoreChange();
    }

    private static Ledger.LedgerDraft Draft(Incident incident, Diagnosis diagnosis, Finding? finding) =>
        LedgerFacts.Draft("diagnosis", incident.Id.ToString(), new
        {
            diagnosis.Cause, diagnosis.Confidence, diagnosis.Summary, diagnosis.DecidedBy,
            evidence = diagnosis.Evidence.Select(fact => new { fact.Source, fact.Object, fact.Text, fact.Time }),
            rejected = diagnosis.Rejected,
            course = finding?.Course.Select(step => new { step.Action, step.Parameters, step.Why }),
        });
}
