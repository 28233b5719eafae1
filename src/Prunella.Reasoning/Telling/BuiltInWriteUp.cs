using System.Globalization;
using Prunella.Incidents;

namespace Prunella.Reasoning.Telling;

/// <summary>The write-up after an incident, by rules. Pure.</summary>
internal static class BuiltInWriteUp
{
    private static readonly TimeSpan SlowNotice = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SlowRecovery = TimeSpan.FromMinutes(30);

    internal static IncidentWriteUp Of(Incident incident, IReadOnlyList<Incident> before)
    {
        var cause = BuiltInStory.CauseOf(incident);
        var until = incident.RecoveredAt ?? incident.ClosedAt;
        var impact = $"{incident.Target} was in trouble ({incident.Title}, {incident.Severity.ToString().ToLowerInvariant()})"
            + (until is { } end ? $" for {BuiltInStory.Length(end - incident.StartedAt)}." : "; the record does not say for how long.")
            + (incident.SignalCount > 1 ? $" {incident.SignalCount} signals told of it." : "");
        return new IncidentWriteUp($"{incident.StartedAt:yyyy-MM-dd} {incident.Target}: {cause}", impact, Cause(incident), Well(incident), Badly(incident), Changes(incident, before));
    }

    private static string Cause(Incident incident)
    {
        if (incident.Diagnosis is not { Cause: not Diagnosis.Unknown } diagnosis) return "The record does not say: no known cause fits the facts.";
        var facts = diagnosis.Evidence.Take(3).Select(fact => fact.Text).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{diagnosis.Cause}, with a confidence of {diagnosis.Confidence:0.00}: {BuiltInStory.Sentence(diagnosis.Summary)}")
            + (facts.Count > 0 ? $" It rests on: {string.Join("; ", facts)}." : "");
    }

    private static List<string> Well(Incident incident)
    {
        List<string> well = [];
        if (incident.NoticedAt - incident.StartedAt <= SlowNotice) well.Add($"Noticed {BuiltInStory.Length(incident.NoticedAt - incident.StartedAt)} after it began.");
        foreach (var attempt in incident.Attempts.Where(attempt => attempt.Validation == ValidationResult.Fixed)) well.Add(BuiltInStory.Tried(attempt));
        foreach (var attempt in incident.Attempts.Where(attempt => attempt.UndoText.Length > 0)) well.Add($"What did not help was undone: {attempt.Proposal.Action}.");
        if (incident.Diagnosis is { Confidence: >= 0.8, Cause: not Diagnosis.Unknown and var cause }) well.Add($"The cause ({cause}) was recognised from the facts at once.");
        return well;
    }

    private static List<string> Badly(Incident incident)
    {
        List<string> badly = [];
        if (incident.NoticedAt - incident.StartedAt > SlowNotice) badly.Add($"It was noticed only {BuiltInStory.Length(incident.NoticedAt - incident.StartedAt)} after it began.");
        foreach (var attempt in incident.Attempts.Where(attempt => attempt.Validation is { } result && result != ValidationResult.Fixed)) badly.Add(BuiltInStory.Tried(attempt));
        if (incident.State == IncidentState.Escalated) badly.Add($"It needed a person: {BuiltInStory.Sentence(incident.Outcome)}");
        if (incident.RecoveredAt is { } at && at - incident.NoticedAt > SlowRecovery) badly.Add($"Recovery took {BuiltInStory.Length(at - incident.NoticedAt)}.");
        return badly;
    }

    private static List<ProposedChange> Changes(Incident incident, IReadOnlyList<Incident> before)
    {
        List<ProposedChange> changes = [];
        var again = before.Count(other => other.Id != incident.Id && other.Diagnosis?.Cause == incident.Diagnosis?.Cause && incident.Diagnosis is { Cause: not Diagnosis.Unknown });
        if (again > 0) changes.Add(new ProposedChange($"Find out why {incident.Target} has had {BuiltInStory.CauseOf(incident)} {again + 1} times", "A fix that has to be repeated is none."));
        if (incident.NoticedAt - incident.StartedAt > SlowNotice) changes.Add(new ProposedChange($"Alert earlier on {incident.Title}", $"It took {BuiltInStory.Length(incident.NoticedAt - incident.StartedAt)} to be noticed."));
        if (incident.Diagnosis is null or { Cause: Diagnosis.Unknown }) changes.Add(new ProposedChange($"Write a playbook for {incident.FirstSignal.Name}", "Prunella found no known cause and could only call a person."));
        else if (incident.State == IncidentState.Escalated && incident.Attempts.Count == 0) changes.Add(new ProposedChange($"Decide what may be done about {BuiltInStory.CauseOf(incident)} without a person", "The cause was known and nothing was tried."));
        foreach (var attempt in incident.Attempts.Where(attempt => attempt.Validation == ValidationResult.Fixed && GrowsOf(attempt.Proposal.Action) is not null))
            changes.Add(new ProposedChange($"Set the {GrowsOf(attempt.Proposal.Action)} of {attempt.Proposal.Target} in its manifest to what it runs with now", "The next rollout would bring the old value back."));
        if (incident.Advice.Length > 0) changes.Add(new ProposedChange(Cut(incident.Advice), "It was advised when the incident ended."));
        return changes;
    }

    private static string? GrowsOf(string action) => action switch
    {
        "raise-memory-limit" => "memory limit",
        "raise-cpu-limit" => "CPU limit",
        "scale-up" => "number of replicas",
        _ => null,
    };

    private static string Cut(string text) => text.Length <= 280 ? text : string.Concat(text.AsSpan(0, 279), "…");
}
