using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Stages;

/// <summary>People's judgement of what Prunella would have done. Thread-safe.</summary>
public sealed class ShadowReview(IRemediationStore store, IncidentFeed feed, TimeProvider time)
{
    private const int RowsMax = 10_000;

    /// <summary>Decisions that were only recorded, newest first.</summary>
    /// <param name="scope">Only of this scope, which may be a wide one; null for all.</param>
    /// <param name="waiting">Only those that nobody has reviewed.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="cancellation">Ends the read.</param>
    public async Task<IReadOnlyList<StageDecision>> ListAsync(string? scope, bool waiting, int max, CancellationToken cancellation) =>
        [.. (await store.DecisionsAsync(null, DateTimeOffset.UnixEpoch, RowsMax, cancellation).ConfigureAwait(false))
            .Where(decision => (scope is null || StageLadder.Covers(scope, decision.Scope)) && (!waiting || decision.Agreed is null)).Take(max)];

    /// <summary>Judges a decision; a later judgement takes the place of an earlier one, and both stay in the ledger.</summary>
    /// <param name="name">Its digest, or enough of its beginning to name one.</param>
    /// <param name="agreed">Whether it was right.</param>
    /// <param name="person">Who says so.</param>
    /// <param name="reason">Why; may be empty for an agreement.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when none, or more than one, is named so.</returns>
    /// <exception cref="NotEntitledException">The person is no approver.</exception>
    public async Task<StageDecision?> ReviewAsync(string name, bool agreed, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Approver, "review decisions");
        var found = (await store.DecisionsAsync(null, DateTimeOffset.UnixEpoch, RowsMax, cancellation).ConfigureAwait(false)).Where(decision => decision.Digest.StartsWith(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        if (found.Count != 1 || name.Length < 4) return null;
        var now = time.GetUtcNow();
        var reviewed = found[0] with { Agreed = agreed, ReviewedBy = person.Name, ReviewedAt = now, ReviewReason = reason.Length > 0 ? reason : null };
        await store.CommitAsync(new StoreChange
        {
            Decisions = [reviewed],
            Ledger = [LedgerFacts.Draft("shadow-reviewed", reviewed.Incident.ToString(), new { reviewed.Digest, reviewed.Scope, reviewed.Stage, reviewed.Action, target = reviewed.Target.Key, reviewed.WouldBe, agreed, before = found[0].Agreed, reason }, $"person:{person.Name}")],
        }, cancellation).ConfigureAwait(false);
        feed.Publish(new IncidentEvent(now, reviewed.Incident, reviewed.Target, IncidentEventKind.Safety, $"{person.Name} found {reviewed.Action} on {reviewed.Target} {(agreed ? "right" : "wrong")}{(reason.Length > 0 ? $": {reason}" : "")}"));
        return reviewed;
    }
}
