using System.Globalization;
using Prunella.Incidents;

namespace Prunella.Reasoning.Telling;

/// <summary>An incident in a few sentences, by rules. Pure.</summary>
internal static class BuiltInStory
{
    internal static IncidentStory Of(Incident incident, DateTimeOffset now)
    {
        var cause = CauseOf(incident);
        var attempt = incident.LastAttempt;
        var headline = incident.State switch
        {
            IncidentState.Resolved when attempt?.Validation == ValidationResult.Fixed => $"{incident.Target}: {cause}, fixed by {attempt.Proposal.Action}",
            IncidentState.Resolved => $"{incident.Target}: {cause}, over by itself",
            IncidentState.Escalated => $"{incident.Target}: {cause}, needs a person",
            IncidentState.AwaitingApproval => $"{incident.Target}: {cause}, waits for an approval",
            IncidentState.Closed => $"{incident.Target}: {cause}, closed",
            _ => $"{incident.Target}: {cause}, being worked on",
        };
        var happened = string.Create(CultureInfo.InvariantCulture, $"{incident.Title} began at {incident.StartedAt:HH:mm:ss} UTC on {incident.StartedAt:yyyy-MM-dd} and was noticed {Length(incident.NoticedAt - incident.StartedAt)} later.");
        if (incident.Diagnosis is { Cause: not Diagnosis.Unknown } diagnosis) happened += string.Create(CultureInfo.InvariantCulture, $" The cause is {diagnosis.Cause} with a confidence of {diagnosis.Confidence:0.00}: {Sentence(diagnosis.Summary)}");
        else happened += " No known cause fits the facts.";
        if (attempt is not null) happened += $" {Tried(attempt)}";
        return new IncidentStory(headline, happened, Now(incident, now), Next(incident));
    }

    internal static string CauseOf(Incident incident) => incident.Diagnosis is { Cause: not Diagnosis.Unknown and var cause } ? cause.Replace('-', ' ') : "cause unknown";

    internal static string Length(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
    };

    internal static string Sentence(string text) => text.Length == 0 || text[^1] is '.' or '!' or '?' ? text : text + ".";

    internal static string Tried(Attempt attempt) => attempt switch
    {
        { Validation: ValidationResult.Fixed } => $"{attempt.Proposal.Action} on {attempt.Proposal.Target} fixed it: {Sentence(attempt.ValidationText)}",
        { Validation: { } result } => $"{attempt.Proposal.Action} on {attempt.Proposal.Target} was {result}: {Sentence(attempt.ValidationText)}" + (attempt.UndoText.Length > 0 ? $" It was undone: {Sentence(attempt.UndoText)}" : ""),
        { ActedAt: not null } => $"{attempt.Proposal.Action} on {attempt.Proposal.Target} was executed and is being checked.",
        _ => $"{attempt.Proposal.Action} on {attempt.Proposal.Target} was judged {attempt.Verdict}: {Sentence(string.Join("; ", attempt.Reasons.Take(3)))}",
    };

    private static string Now(Incident incident, DateTimeOffset now) => incident switch
    {
        { State: IncidentState.Resolved, RecoveredAt: { } at } => $"Resolved; it recovered {Length(at - incident.NoticedAt)} after it was noticed.",
        { State: IncidentState.Resolved } => $"Resolved: {Sentence(incident.Outcome)}",
        { State: IncidentState.Escalated } => $"Escalated: {Sentence(incident.Outcome)}",
        { State: IncidentState.Closed } => $"Closed: {Sentence(incident.Outcome)}",
        { State: IncidentState.AwaitingApproval } => $"Waits for a person's decision on {incident.LastAttempt?.Proposal.Action}.",
        _ => $"{incident.State} since it was noticed {Length(now - incident.NoticedAt)} ago.",
    };

    private static string Next(Incident incident) => incident switch
    {
        { State: IncidentState.Resolved, LastAttempt.Validation: ValidationResult.Fixed } => "Nothing at once; watch whether it comes back within 4 h.",
        { State: IncidentState.Resolved or IncidentState.Closed } => "Nothing.",
        { State: IncidentState.AwaitingApproval } => "An approver decides; silence is a rejection.",
        { Advice.Length: > 0 } => Sentence(incident.Advice),
        { State: IncidentState.Escalated } => "A person diagnoses it with the evidence of the incident.",
        _ => "Prunella goes on by itself.",
    };
}
