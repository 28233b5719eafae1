using System.Globalization;
using System.Text;
using Prunella.Incidents;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Telling;

/// <summary>An incident as text for a model: the record and nothing else, facts by number.</summary>
internal static class IncidentFacts
{
    private const int FactsMax = 60;

    /// <summary>The facts in the order of their numbers: those of the diagnosis first.</summary>
    internal static IReadOnlyList<Evidence> Numbered(Incident incident) =>
        [.. (incident.Diagnosis?.Evidence ?? []).Concat(incident.Evidence).Distinct().Take(FactsMax)];

    /// <summary>Everything of it that a model is shown: what it is about, its course, its facts.</summary>
    internal static DataBlock[] Blocks(Incident incident, IReadOnlyList<Signal> signals) => [new("incident", Head(incident, signals)), new("course", Course(incident)), new("facts", Facts(incident))];

    /// <summary>What it is about.</summary>
    internal static string Head(Incident incident, IReadOnlyList<Signal> signals)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"target: {incident.Target}\ntitle: {incident.Title}\nseverity: {incident.Severity}\nstate: {incident.State}\nstarted: {incident.StartedAt:u}\nnoticed: {incident.NoticedAt:u}\n");
        if (incident.ClosedAt is { } closed) text.Append(CultureInfo.InvariantCulture, $"ended: {closed:u}\n");
        foreach (var signal in signals.Append(incident.FirstSignal).DistinctBy(signal => signal.Id).TakeLast(10))
        {
            text.Append(CultureInfo.InvariantCulture, $"signal: {signal.Name} from {signal.Source} at {signal.StartsAt:u}: {signal.Summary}\n");
            foreach (var (name, value) in signal.Labels) text.Append(CultureInfo.InvariantCulture, $"  label {name}: {value}\n");
            foreach (var (name, value) in signal.Annotations) text.Append(CultureInfo.InvariantCulture, $"  annotation {name}: {value}\n");
        }
        return text.ToString();
    }

    /// <summary>The facts by number.</summary>
    internal static string Facts(Incident incident)
    {
        var facts = Numbered(incident);
        var text = new StringBuilder();
        for (var index = 0; index < facts.Count; index++)
            text.Append(CultureInfo.InvariantCulture, $"{index + 1}. {facts[index].Time:HH:mm:ss} {facts[index].Source} {facts[index].Object}: {facts[index].Text}\n");
        return text.Length == 0 ? "none" : text.ToString();
    }

    /// <summary>What was believed, tried and came of it.</summary>
    internal static string Course(Incident incident)
    {
        var text = new StringBuilder();
        if (incident.Diagnosis is { } diagnosis) text.Append(CultureInfo.InvariantCulture, $"diagnosis: {diagnosis.Cause} ({diagnosis.Confidence:0.00}, by {diagnosis.DecidedBy}): {diagnosis.Summary}\n");
        foreach (var rejected in incident.Diagnosis?.Rejected ?? []) text.Append(CultureInfo.InvariantCulture, $"considered: {rejected.Cause}: {rejected.Why}\n");
        foreach (var attempt in incident.Attempts)
        {
            text.Append(CultureInfo.InvariantCulture, $"attempt {attempt.Number}: {attempt.Proposal.Action} on {attempt.Proposal.Target}, verdict {attempt.Verdict} ({string.Join("; ", attempt.Reasons.Take(6))})");
            if (attempt.ActedAt is { } acted) text.Append(CultureInfo.InvariantCulture, $", acted {acted:u}");
            if (attempt.Validation is { } validation) text.Append(CultureInfo.InvariantCulture, $", {validation}: {attempt.ValidationText}");
            if (attempt.UndoText.Length > 0) text.Append(CultureInfo.InvariantCulture, $", undone: {attempt.UndoText}");
            text.Append('\n');
        }
        if (incident.Outcome.Length > 0) text.Append(CultureInfo.InvariantCulture, $"outcome: {incident.Outcome}\n");
        if (incident.Advice.Length > 0) text.Append(CultureInfo.InvariantCulture, $"advice so far: {incident.Advice}\n");
        return text.Length == 0 ? "nothing yet" : text.ToString();
    }
}
