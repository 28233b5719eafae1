using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tools;

namespace Prunella.Reasoning.Diagnosing;

/// <summary>A cause that a model may name.</summary>
/// <param name="Name">Its id.</param>
/// <param name="RecognisedBy">By which facts.</param>
public sealed record CauseEntry(string Name, string RecognisedBy);

/// <summary>The question about the cause of an incident.</summary>
public static class DiagnosisQuestion
{
    private const int ActionsMax = 3;

    /// <summary>Puts the question together.</summary>
    /// <param name="incident">The incident with its evidence.</param>
    /// <param name="signals">Its newest signals.</param>
    /// <param name="builtIn">What the rules believe, the most confident first.</param>
    /// <param name="causes">The catalogue of causes.</param>
    /// <param name="actions">The catalogue of actions; forbidden entries and those for other kinds of targets are not offered.</param>
    /// <param name="tools">What the model may look up.</param>
    public static ModelQuestion<DiagnosisOpinion> Of(
        Incident incident, IReadOnlyList<Signal> signals, IReadOnlyList<Diagnosis> builtIn, IReadOnlyList<CauseEntry> causes, IReadOnlyList<ActionDescriptor> actions, IReadOnlyList<ReadOnlyTool> tools)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var offered = new OfferedActions(actions, incident.Target);
        var known = causes.Select(cause => cause.Name).Concat(builtIn.Select(diagnosis => diagnosis.Cause)).ToHashSet(StringComparer.Ordinal);
        var facts = IncidentFacts.Numbered(incident).Count;
        return new ModelQuestion<DiagnosisOpinion>
        {
            Task = ReasoningTasks.Diagnose,
            Subject = incident.Id.ToString(),
            Tools = tools,
            Catalogues = [new DataBlock("catalogue of causes", string.Join('\n', causes.Select(cause => $"{cause.Name}: {cause.RecognisedBy}"))), offered.Block],
            Data =
            [
                new DataBlock("incident", IncidentFacts.Head(incident, signals)),
                new DataBlock("what the rules believe", builtIn.Count == 0 ? "nothing" : string.Join('\n', builtIn.Take(8).Select(diagnosis => FormattableString.Invariant($"{diagnosis.Cause} ({diagnosis.Confidence:0.00}): {diagnosis.Summary}")))),
                new DataBlock("facts", IncidentFacts.Facts(incident)),
            ],
            Read = json => Check(json, known, offered, facts),
        };
    }

    private static Read<DiagnosisOpinion> Check(JsonElement json, HashSet<string> causes, OfferedActions offered, int facts)
    {
        var cause = json.GetProperty("cause").GetString()!;
        if (cause != Diagnosis.Unknown && !causes.Contains(cause)) return new Read<DiagnosisOpinion>(null, $"cause: \"{OfferedActions.Short(cause)}\" is not in the catalogue of causes");
        var (actions, problem) = offered.Choose(json.GetProperty("actions"), ActionsMax);
        if (problem.Length > 0) return new Read<DiagnosisOpinion>(null, $"actions: {problem}");
        var numbers = json.GetProperty("facts").EnumerateArray().Select(number => number.GetInt32()).Distinct().ToList();
        if (numbers.FirstOrDefault(number => number > facts) is > 0 and var invented) return new Read<DiagnosisOpinion>(null, $"facts: there is no fact {invented}");
        if (cause != Diagnosis.Unknown && numbers.Count == 0 && facts > 0) return new Read<DiagnosisOpinion>(null, "facts: a cause needs the number of a fact that it rests on");
        IReadOnlyList<OpinionAction> chosen = cause == Diagnosis.Unknown ? [] : [.. actions.Select(action => action.Action)];
        return new DiagnosisOpinion(cause, json.GetProperty("confidence").GetDouble(), json.GetProperty("summary").GetString()!, numbers, chosen, json.GetProperty("advice").GetString()!);
    }
}
