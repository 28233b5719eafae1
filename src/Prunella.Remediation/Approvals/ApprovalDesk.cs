using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Approvals;

/// <summary>How an answer to an approval request was taken.</summary>
public enum ApprovalAnswerKind
{
    /// <summary>It counts.</summary>
    Recorded,

    /// <summary>Somebody decided before; nothing changed.</summary>
    AlreadyDecided,

    /// <summary>The time was over; nothing changed.</summary>
    Expired,

    /// <summary>The person may not decide; nothing changed.</summary>
    NotEntitled,

    /// <summary>There is no such request.</summary>
    NotFound,
}

/// <summary>The answer to an answer.</summary>
/// <param name="Kind">How it was taken.</param>
/// <param name="Text">For the person.</param>
/// <param name="Approval">The request as it stands now; null when there is none.</param>
public sealed record ApprovalAnswer(ApprovalAnswerKind Kind, string Text, Approval? Approval);

/// <summary>Takes people's answers to approval requests. Two approvers racing give one decision. Thread-safe.</summary>
public sealed class ApprovalDesk(IRemediationStore store, EngineWakeUps wakeUps, IncidentFeed feed, TimeProvider time)
{
    /// <summary>The most characters of a reason.</summary>
    public const int ReasonCharactersMax = 2_000;

    /// <summary>Records one person's answer. Never executes anything itself: the gate runs again at execution.</summary>
    public async Task<ApprovalAnswer> DecideAsync(ApprovalId id, Person person, bool approve, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.Length > ReasonCharactersMax) reason = reason[..ReasonCharactersMax];
        while (true)
        {
            var approval = await store.FindApprovalAsync(id, cancellation).ConfigureAwait(false);
            if (approval is null) return new(ApprovalAnswerKind.NotFound, $"There is no approval request {id}.", null);
            var now = time.GetUtcNow();
            if (person.Role < Role.Approver || string.IsNullOrWhiteSpace(person.Name) || person.Name.Trim().Equals(Gate.SystemActor, StringComparison.OrdinalIgnoreCase))
                return new(ApprovalAnswerKind.NotEntitled, $"{person.Name} ({person.Role}) may not decide; that takes the role {Role.Approver}.", approval);
            if (approve && await ToolOwnerAsync(approval, cancellation).ConfigureAwait(false) is { } owner && owner.Equals(person.Name.Trim(), StringComparison.OrdinalIgnoreCase))
                return new(ApprovalAnswerKind.NotEntitled, $"{person.Name} proposed it through a tool; somebody else has to approve it.", approval);
            if (approval.State != ApprovalState.Pending)
                return new(ApprovalAnswerKind.AlreadyDecided, $"Already {approval.State.ToString().ToLowerInvariant()} by {approval.DecidedBy ?? "time"} at {approval.DecidedAt:u}.", approval);
            if (approval.ExpiresAt <= now)
                return new(ApprovalAnswerKind.Expired, $"It expired at {approval.ExpiresAt:u}.", approval);
            if (approve && approval.ApprovedBy.Contains(person.Name, StringComparer.OrdinalIgnoreCase))
                return new(ApprovalAnswerKind.AlreadyDecided, $"{person.Name} approved before; it needs {approval.ApproversNeeded} different people.", approval);

            string[] approvedBy = approve ? [.. approval.ApprovedBy, person.Name] : [.. approval.ApprovedBy];
            var complete = !approve || approvedBy.Length >= approval.ApproversNeeded;
            var next = approval with
            {
                ApprovedBy = approvedBy,
                State = !complete ? ApprovalState.Pending : approve ? ApprovalState.Approved : ApprovalState.Rejected,
                DecidedBy = person.Name,
                DecidedAt = now,
                Reason = reason,
            };
            var text = complete
                ? $"{(approve ? "approved" : "rejected")} by {person.Name}{(reason.Length > 0 ? $": {reason}" : "")}"
                : $"approved by {person.Name}; {approval.ApproversNeeded - approvedBy.Length} more needed";
            try
            {
                await store.CommitAsync(
                    new StoreChange
                    {
                        Approvals = [next],
                        Ledger = [LedgerFacts.Draft("approval-decided", approval.Incident.ToString(), new { approval = id.ToString(), approve, complete, approval.Digest, approval.Action, target = approval.Target.Key, reason }, $"person:{person.Name}")],
                        Notices = complete ? [new Notice(NoticeKind.ApprovalSettled, $"approval-settled/{id}", approval.Incident, $"{approval.Action} on {approval.Target}: {text}", text, now)] : [],
                    },
                    cancellation).ConfigureAwait(false);
            }
            catch (StaleVersionException)
            {
                continue;
            }

            feed.Publish(new IncidentEvent(now, approval.Incident, approval.Target, IncidentEventKind.Decided, $"{approval.Action} {text}"));
            if (complete) wakeUps.Wake(approval.Incident);
            return new(ApprovalAnswerKind.Recorded, $"{approval.Action} on {approval.Target} {text}.", next with { Version = approval.Version + 1 });
        }
    }

    private async Task<string?> ToolOwnerAsync(Approval approval, CancellationToken cancellation) =>
        (await store.FindIncidentAsync(approval.Incident, cancellation).ConfigureAwait(false))?.Attempts.FirstOrDefault(attempt => attempt.Proposal.Digest == approval.Digest)?.Proposal.ToolOwner;
}
