using System.Globalization;
using System.Text;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>The three ends of an incident, as changes to commit. Pure.</summary>
internal static class Endings
{
    /// <summary>People take over, with everything they need.</summary>
    internal static (Incident Incident, StoreChange Change) Escalated(Incident incident, string why, string advice, DateTimeOffset now)
    {
        var ended = incident with { State = IncidentState.Escalated, ClosedAt = now, WakeAt = null, Outcome = why, Advice = advice };
        var notice = new Notice(NoticeKind.Escalated, $"escalated/{incident.Id}", incident.Id, $"{incident.Id.Short} {incident.Target}: {why}", Body(ended), now) { Severity = incident.Severity };
        return (ended, new StoreChange { Notices = [notice], Ledger = [LedgerFacts.Draft("escalated", incident.Id.ToString(), new { target = incident.Target.Key, why, advice, cause = incident.Diagnosis?.Cause, attempts = incident.Attempts.Count })] });
    }

    /// <summary>Fixed, or its alerts ended.</summary>
    internal static (Incident Incident, StoreChange Change) Resolved(Incident incident, string why, DateTimeOffset? recoveredAt, DateTimeOffset now)
    {
        var ended = incident with { State = IncidentState.Resolved, ClosedAt = now, RecoveredAt = recoveredAt, WakeAt = null, Outcome = why };
        var notice = new Notice(NoticeKind.Resolved, $"resolved/{incident.Id}", incident.Id, $"{incident.Id.Short} {incident.Target}: {why}", Body(ended), now) { Severity = Severity.Info };
        return (ended, new StoreChange { Notices = [notice], Ledger = [LedgerFacts.Draft("resolved", incident.Id.ToString(), new { target = incident.Target.Key, why, cause = incident.Diagnosis?.Cause, secondsToRecover = recoveredAt is { } at ? Math.Round((at - incident.NoticedAt).TotalSeconds, 3) : (double?)null })] });
    }

    /// <summary>Nothing to do, by decision.</summary>
    internal static (Incident Incident, StoreChange Change) Closed(Incident incident, string why, DateTimeOffset now)
    {
        var ended = incident with { State = IncidentState.Closed, ClosedAt = now, WakeAt = null, Outcome = why };
        return (ended, new StoreChange { Ledger = [LedgerFacts.Draft("closed", incident.Id.ToString(), new { target = incident.Target.Key, why, cause = incident.Diagnosis?.Cause })] });
    }

    /// <summary>What a person needs at 3 a.m., most important first.</summary>
    internal static string Body(Incident incident)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{incident.Title}\nWhat: {incident.Target}, since {incident.StartedAt:u}, {incident.SignalCount} signal(s), severity {incident.Severity}\n");
        if (incident.Diagnosis is { } diagnosis)
            text.Append(CultureInfo.InvariantCulture, $"Cause: {diagnosis.Cause} ({diagnosis.Confidence:P0}): {diagnosis.Summary}\n");
        foreach (var attempt in incident.Attempts)
        {
            text.Append(CultureInfo.InvariantCulture, $"Tried {attempt.Number}: {attempt.Proposal.Action} on {attempt.Proposal.Target}: verdict {attempt.Verdict}");
            if (attempt.Validation is { } result) text.Append(CultureInfo.InvariantCulture, $", {result}: {attempt.ValidationText}");
            if (attempt.UndoText.Length > 0) text.Append(CultureInfo.InvariantCulture, $"; undo: {attempt.UndoText}");
            text.Append('\n');
            foreach (var reason in attempt.Reasons.Take(8)) text.Append(CultureInfo.InvariantCulture, $"  - {reason}\n");
        }

        if (incident.Outcome.Length > 0) text.Append(CultureInfo.InvariantCulture, $"Ended: {incident.Outcome}\n");
        if (incident.Advice.Length > 0) text.Append(CultureInfo.InvariantCulture, $"Next: {incident.Advice}\n");
        foreach (var fact in (incident.Diagnosis?.Evidence ?? []).Concat(incident.Evidence).DistinctBy(fact => fact.Text).Take(12))
            text.Append(CultureInfo.InvariantCulture, $"  {fact.Time:HH:mm:ss} {fact.Source} {fact.Object}: {fact.Text}\n");
        return text.ToString();
    }

    /// <summary>One change made of two.</summary>
    internal static StoreChange And(this StoreChange one, StoreChange other) => new()
    {
        Incidents = [.. one.Incidents, .. other.Incidents],
        Assignments = [.. one.Assignments, .. other.Assignments],
        Executions = [.. one.Executions, .. other.Executions],
        Approvals = [.. one.Approvals, .. other.Approvals],
        Decisions = [.. one.Decisions, .. other.Decisions],
        Settings = [.. one.Settings, .. other.Settings],
        Lock = one.Lock ?? other.Lock,
        Unlock = one.Unlock ?? other.Unlock,
        Notices = [.. one.Notices, .. other.Notices],
        Ledger = [.. one.Ledger, .. other.Ledger],
    };
}
