using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>AwaitingApproval → Cleared or Escalated: follows a person's decision; silence is a rejection.</summary>
internal sealed class ApprovalStep(IRemediationStore store, IncidentJournal journal, EngineOptions options)
{
    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        var now = journal.Now;
        var approval = incident.LastAttempt?.Approval is { } id ? await store.FindApprovalAsync(id, cancellation).ConfigureAwait(false) : null;
        if (approval is null)
        {
            var (lost, lostChange) = Endings.Escalated(incident, "the approval request is missing", JudgeStep.Advice(incident), now);
            return await journal.CommitAsync(lost, lostChange, IncidentEventKind.Escalated, lost.Outcome, cancellation).ConfigureAwait(false);
        }

        if (approval.State == ApprovalState.Approved)
        {
            return await journal.CommitAsync(
                incident with { State = IncidentState.Cleared, WakeAt = now, Postponed = 0 }, new StoreChange(), IncidentEventKind.Judged, "", cancellation).ConfigureAwait(false);
        }

        if (approval.State == ApprovalState.Pending && approval.ExpiresAt > now)
        {
            // A decision taken at another replica is found by looking again; nothing is written for it.
            var soon = now + options.SweepInterval;
            return incident with { WakeAt = soon < approval.ExpiresAt ? soon : approval.ExpiresAt };
        }

        var silent = approval.State == ApprovalState.Pending;
        var why = silent ? $"nobody answered the request to {approval.Action} until {approval.ExpiresAt:u}" : $"{approval.Action} was rejected by {approval.DecidedBy}: {approval.Reason}";
        var (ended, change) = Endings.Escalated(incident, why, JudgeStep.Advice(incident), now);
        if (silent)
        {
            change = change.And(new StoreChange
            {
                Approvals = [approval with { State = ApprovalState.Expired, DecidedAt = now }],
                Ledger = [LedgerFacts.Draft("approval-expired", incident.Id.ToString(), new { approval = approval.Id.ToString(), approval.Digest, approval.Action })],
                Notices = [new Notice(NoticeKind.ApprovalSettled, $"approval-settled/{approval.Id}", incident.Id, $"{approval.Action} on {approval.Target}: {why}", why, now)],
            });
        }

        return await journal.CommitAsync(ended, change, IncidentEventKind.Escalated, why, cancellation).ConfigureAwait(false);
    }
}
