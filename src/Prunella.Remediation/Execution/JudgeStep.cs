using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Diagnosed → Cleared, AwaitingApproval, Closed or Escalated: plans the present step of the course and asks the gate.</summary>
internal sealed class JudgeStep(
    ActionCatalogue catalogue, GateStateReader facts, GateOptions gate, BreakerOptions breakers, IncidentJournal journal,
    RemediationMetrics metrics, IdSource ids, EngineOptions options, IEnumerable<IApprovalAdviser> advisers)
{
    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        if (incident.StepIndex >= incident.Course.Count)
        {
            var (ended, change) = Endings.Escalated(incident, "nothing further to try", Advice(incident), journal.Now);
            return await journal.CommitAsync(ended, change, IncidentEventKind.Escalated, ended.Outcome, cancellation).ConfigureAwait(false);
        }

        var proposal = Propose(incident);
        var judged = await JudgeAsync(proposal, null, cancellation).ConfigureAwait(false);
        return await FollowAsync(incident, judged, cancellation).ConfigureAwait(false);
    }

    private const string UnknownRisks = "The action is unknown to the catalogue; nothing can carry it out.";

    /// <summary>Plans and judges a proposal; at execution the same again, with the execution's id.</summary>
    internal async Task<Judgement> JudgeAsync(Proposal proposal, ExecutionId? execution, CancellationToken cancellation)
    {
        var action = catalogue.Find(proposal.Action);
        ActionPlan? plan = null;
        var planError = "";
        if (catalogue.DriverOf(proposal) is { } driver)
        {
            try
            {
                using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limited.CancelAfter(options.CallTimeout);
                plan = await driver.PlanAsync(proposal, limited.Token).ConfigureAwait(false);
            }
            catch (ActionFailedException failed)
            {
                planError = failed.Message;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                planError = $"planning took longer than {options.CallTimeout.TotalSeconds:0} s";
            }
        }

        var state = await facts.ReadAsync(proposal, action, plan, execution, cancellation).ConfigureAwait(false);
        var verdict = Gate.Judge(proposal, state, gate, breakers, journal.Now);
        if (planError.Length > 0)
            verdict = verdict with { Reasons = [.. verdict.Reasons, new Reason(ReasonCode.MissingFact, VerdictKind.Escalate, planError)] };
        metrics.Verdict(proposal.Action, verdict.Kind.ToString());
        return new Judgement(proposal, action, plan, state, verdict);
    }

    /// <summary>Does what a verdict says, short of executing.</summary>
    internal async Task<Incident> FollowAsync(Incident incident, Judgement judged, CancellationToken cancellation)
    {
        var now = journal.Now;
        var (proposal, _, plan, state, verdict) = judged;
        var attempt = Attempted(incident, judged);
        var next = With(incident, attempt) with { DecidedAt = incident.DecidedAt ?? now };
        var change = new StoreChange { Ledger = [Draft(incident, judged)] };
        var text = $"{proposal.Action} on {proposal.Target}: {verdict.Kind} ({string.Join("; ", verdict.Reasons.Select(reason => reason.Text))})";
        switch (verdict.Kind)
        {
            case VerdictKind.Execute:
                return await journal.CommitAsync(next with { State = IncidentState.Cleared, WakeAt = now }, change, IncidentEventKind.Judged, text, cancellation).ConfigureAwait(false);

            case VerdictKind.Ask when state.Approval is null:
                return await AskAsync(next, attempt, judged, change, text, cancellation).ConfigureAwait(false);

            case VerdictKind.Ask:
                var (refused, noApproval) = Endings.Escalated(next, $"{proposal.Action} needs an approval, and the last request was {state.Approval.State.ToString().ToLowerInvariant()}", Advice(incident), now);
                return await journal.CommitAsync(refused, change.And(noApproval), IncidentEventKind.Escalated, text, cancellation).ConfigureAwait(false);

            case VerdictKind.Observe or VerdictKind.Simulate:
                var decision = new StageDecision
                {
                    Digest = proposal.Digest, Incident = incident.Id, Scope = $"{StageBook.PartOf(proposal.Target)}/{(judged.Action is null ? ActionClass.NeedsApproval : Gate.ClassOf(judged.Action, gate))}",
                    Stage = state.Stage.Stage, Action = proposal.Action, Target = proposal.Target, WouldBe = verdict.WouldBe.ToString(), At = now,
                };
                var (closed, closing) = Endings.Closed(next, $"{state.Stage.Stage}: would {Would(verdict.WouldBe)} {proposal.Action} on {proposal.Target}", now);
                return await journal.CommitAsync(closed, change.And(closing) with { Decisions = [decision] }, IncidentEventKind.Judged, text, cancellation).ConfigureAwait(false);

            case VerdictKind.Escalate when verdict.RetryAt is { } retryAt && incident.Postponed < options.PostponeMax:
                return await journal.CommitAsync(next with { Postponed = incident.Postponed + 1, WakeAt = retryAt > now ? retryAt : now + options.Pause }, change, IncidentEventKind.Judged, text, cancellation).ConfigureAwait(false);

            case VerdictKind.Refuse when incident.StepIndex + 1 < incident.Course.Count:
                return await journal.CommitAsync(Advance(next, now), change, IncidentEventKind.Judged, text, cancellation).ConfigureAwait(false);

            default:
                var (escalated, escalation) = Endings.Escalated(next, $"{proposal.Action} on {proposal.Target} was judged {verdict.Kind}: {string.Join("; ", verdict.Reasons.Where(reason => reason.Kind >= verdict.Kind).Select(reason => reason.Text))}", Advice(incident), now);
                return await journal.CommitAsync(escalated, change.And(escalation), IncidentEventKind.Escalated, text, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The incident moved on to the next step of its course.</summary>
    internal static Incident Advance(Incident incident, DateTimeOffset now)
    {
        var index = incident.StepIndex + 1;
        var wait = index < incident.Course.Count ? incident.Course[index].WaitBefore : TimeSpan.Zero;
        return incident with { State = IncidentState.Diagnosed, StepIndex = index, Postponed = 0, WakeAt = wait > TimeSpan.Zero ? now + wait : now };
    }

    internal static string Advice(Incident incident) => incident.Advice.Length > 0
        ? incident.Advice
        : incident.Diagnosis is { Cause: not Diagnosis.Unknown } diagnosis ? $"Verify the cause ({diagnosis.Cause}) with the evidence below, then act by hand." : "Diagnose by hand with the evidence below.";

    private static Proposal Propose(Incident incident)
    {
        var step = incident.Course[incident.StepIndex];
        return new Proposal
        {
            Incident = incident.Id,
            Action = step.Action,
            Target = step.Target ?? incident.Target,
            Parameters = step.Parameters,
            Cause = incident.Diagnosis!.Cause,
            Confidence = incident.Diagnosis.Confidence,
            ProposedBy = step.ProposedBy,
            Why = step.Why,
            AttemptNumber = incident.StepIndex + 1,
        };
    }

    private async Task<Incident> AskAsync(Incident next, Attempt attempt, Judgement judged, StoreChange change, string text, CancellationToken cancellation)
    {
        var (proposal, action, plan, _, verdict) = judged;
        List<ApprovalAdvice> advice = [];
        foreach (var adviser in advisers) advice.Add(await adviser.AdviseAsync(next, proposal, action, plan, cancellation).ConfigureAwait(false));
        // The time to answer begins when the question is asked, not when somebody began to think about it.
        var now = journal.Now;
        var approval = new Approval
        {
            Id = new ApprovalId(ids.Next()), Incident = next.Id, Digest = proposal.Digest, Action = proposal.Action, Target = proposal.Target,
            Recommendation = $"{proposal.Why} Cause: {proposal.Cause} ({proposal.Confidence:P0}). {next.Diagnosis?.Summary}" + string.Concat(advice.Select(one => $"\n{one.Recommendation}")),
            Risks = advice.Count > 0 ? string.Join('\n', advice.Select(one => one.Risks)) : action?.Risks ?? UnknownRisks,
            Diff = plan?.Diff ?? "", RequestedAt = now, ExpiresAt = now + (action?.ApprovalExpiry ?? TimeSpan.FromMinutes(10)),
            ApproversNeeded = gate.ApproversNeeded.GetValueOrDefault(proposal.Action, 1),
        };
        var notice = new Notice(NoticeKind.ApprovalAsked, $"approval/{approval.Id}", next.Id, $"May I {proposal.Action} {proposal.Target}? Until {approval.ExpiresAt:HH:mm:ss} UTC", $"{approval.Recommendation}\nRisks: {approval.Risks}\n{approval.Diff}\n\n{Endings.Body(next)}", now)
        {
            Severity = next.Severity,
            Approval = new ApprovalAsk(approval.Id.ToString(), approval.Action, approval.Target.ToString(), approval.Recommendation, approval.Risks, approval.Diff, approval.ExpiresAt, approval.ApproversNeeded),
        };
        var asking = With(next, attempt with { Approval = approval.Id }) with { State = IncidentState.AwaitingApproval, WakeAt = now + options.SweepInterval };
        change = change with
        {
            Approvals = [approval],
            Notices = [notice],
            Ledger = [.. change.Ledger, LedgerFacts.Draft("approval-asked", next.Id.ToString(), new { approval = approval.Id.ToString(), approval.Digest, approval.Action, target = approval.Target.Key, approval.ExpiresAt, approval.ApproversNeeded })],
        };
        return await journal.CommitAsync(asking, change, IncidentEventKind.Asked, $"{text}; waits until {approval.ExpiresAt:HH:mm:ss} UTC", cancellation).ConfigureAwait(false);
    }

    private static Attempt Attempted(Incident incident, Judgement judged)
    {
        var before = incident.LastAttempt is { } last && last.Proposal.AttemptNumber == judged.Proposal.AttemptNumber && last.Execution is null ? last : null;
        return (before ?? new Attempt { Number = incident.Attempts.Count + 1, Proposal = judged.Proposal }) with
        {
            Plan = judged.Plan,
            Verdict = judged.Verdict.Kind.ToString(),
            Reasons = [.. judged.Verdict.Reasons.Select(reason => reason.Text)],
        };
    }

    /// <summary>The incident with this attempt in place of the one of the same number, or after the others.</summary>
    internal static Incident With(Incident incident, Attempt attempt) => incident with
    {
        Attempts = incident.Attempts.Any(other => other.Number == attempt.Number)
            ? [.. incident.Attempts.Select(other => other.Number == attempt.Number ? attempt : other)]
            : [.. incident.Attempts, attempt],
    };

    private static string Would(VerdictKind kind) => kind switch
    {
        VerdictKind.Execute => "execute",
        VerdictKind.Ask => "ask for",
        _ => $"{kind.ToString().ToLowerInvariant()} on",
    };

    private static Ledger.LedgerDraft Draft(Incident incident, Judgement judged) => LedgerFacts.Draft("verdict", incident.Id.ToString(), new
    {
        judged.Proposal.Action, target = judged.Proposal.Target.Key, judged.Proposal.Parameters, judged.Proposal.Digest, judged.Proposal.ProposedBy,
        verdict = judged.Verdict.Kind, judged.Verdict.WouldBe, stage = judged.State.Stage.Stage,
        reasons = judged.Verdict.Reasons.Select(reason => new { reason.Code, reason.Text }), judged.Verdict.RetryAt, judged.Plan?.Diff,
    });
}

/// <summary>A proposal with everything that was known when it was judged.</summary>
internal sealed record Judgement(Proposal Proposal, ActionDescriptor? Action, ActionPlan? Plan, GateState State, Verdict Verdict);
