using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Escalation;

/// <summary>Takes people's word about incidents: that they look at one, and whether Prunella was right about it. Thread-safe.</summary>
public sealed class EscalationDesk(IRemediationStore store, IncidentFeed feed, TimeProvider time)
{
    private const int DecisionsMax = 10_000;

    /// <summary>Notes that a person looks at the incident; nobody of a later step is told of it then. The first person's word stands.</summary>
    /// <param name="id">The incident.</param>
    /// <param name="person">Who looks at it.</param>
    /// <param name="note">What they say; may be empty.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The incident as it stands; null when there is none.</returns>
    /// <exception cref="NotEntitledException">The person is no approver.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task<Incident?> AcknowledgeAsync(IncidentId id, Person person, string note, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(note);
        person.Demand(Role.Approver, "take an incident");
        return ChangeAsync(id, incident => incident.Acknowledged is null ? incident with { Acknowledged = new Acknowledgement(person.Name, time.GetUtcNow(), note) } : null, (incident, now) =>
        {
            var text = note.Length > 0 ? $"{person.Name} looks at it: {note}" : $"{person.Name} looks at it";
            return (text, new StoreChange
            {
                Ledger = [LedgerFacts.Draft("acknowledged", id.ToString(), new { target = incident.Target.Key, state = incident.State, why = text }, $"person:{person.Name}")],
                Notices = [new Notice(NoticeKind.Acknowledged, $"acknowledged/{id}", id, $"{id.Short} {incident.Target}: {text}", text, now) { Severity = Severity.Info }],
            });
        }, cancellation);
    }

    /// <summary>Notes whether Prunella was right about an incident; a later word takes the place of an earlier one, and both stay in the ledger.</summary>
    /// <param name="id">The incident.</param>
    /// <param name="person">Who says so.</param>
    /// <param name="right">Whether what it thought and did was right.</param>
    /// <param name="reason">What was wrong.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The incident as it stands; null when there is none.</returns>
    /// <exception cref="NotEntitledException">The person is no approver.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<Incident?> JudgeAsync(IncidentId id, Person person, bool right, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(reason);
        person.Demand(Role.Approver, "judge an incident");
        // What it decided counts in the figures of its stage as if each decision had been reviewed.
        var decisions = (await store.DecisionsAsync(null, DateTimeOffset.UnixEpoch, DecisionsMax, cancellation).ConfigureAwait(false)).Where(decision => decision.Incident == id).ToList();
        return await ChangeAsync(id, incident => incident with { Feedback = new IncidentFeedback(right, person.Name, time.GetUtcNow(), reason) }, (incident, now) =>
        {
            var text = $"{person.Name} found it {(right ? "right" : "wrong")}{(reason.Length > 0 ? $": {reason}" : "")}";
            return (text, new StoreChange
            {
                Decisions = decisions.ConvertAll(decision => decision with { Agreed = right, ReviewedBy = person.Name, ReviewedAt = now, ReviewReason = reason.Length > 0 ? reason : null }),
                Ledger = [LedgerFacts.Draft("feedback", id.ToString(), new { target = incident.Target.Key, cause = incident.Diagnosis?.Cause, action = incident.LastAttempt?.Proposal.Action, right, reason, why = text }, $"person:{person.Name}")],
            });
        }, cancellation).ConfigureAwait(false);
    }

    private async Task<Incident?> ChangeAsync(
        IncidentId id, Func<Incident, Incident?> change, Func<Incident, DateTimeOffset, (string Text, StoreChange Change)> record, CancellationToken cancellation)
    {
        while (true)
        {
            if (await store.FindIncidentAsync(id, cancellation).ConfigureAwait(false) is not { } incident) return null;
            if (change(incident) is not { } next) return incident;
            var now = time.GetUtcNow();
            var (text, with) = record(next, now);
            try
            {
                var stored = await store.CommitAsync(with with { Incidents = [next] }, cancellation).ConfigureAwait(false);
                feed.Publish(new IncidentEvent(now, id, next.Target, IncidentEventKind.Decided, text));
                return stored[0];
            }
            catch (StaleVersionException)
            {
                // The engine went on with it; once more on what it is now.
            }
        }
    }
}
