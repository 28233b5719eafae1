using System.Text;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Diagnosing;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Planning;

/// <summary>A playbook from how people resolved an incident, by rules: what helped in it, and what they say that the catalogue has. Pure.</summary>
internal static class BuiltInSketch
{
    // What people write for what the catalogue calls otherwise.
    private static readonly (string Said, string Word)[] Words =
    [
        ("restarted", "restart"), ("restarting", "restart"), ("bounced", "restart"), ("rebooted", "restart"), ("rolled back", "rollback rollout"), ("roll back", "rollback rollout"), ("reverted", "rollback rollout"), ("scaled", "scale"), ("scaling", "scale"),
        ("raised", "raise"), ("increased", "raise"), ("more memory", "raise memory limit"), ("more replicas", "scale up"), ("more pods", "scale up"), ("cleared", "clear"), ("flushed", "flush"), ("killed", "kill"),
        ("cordoned", "cordon"), ("drained", "drain"), ("expanded", "expand"), ("resized", "expand"), ("rotated", "rotate"), ("pods", "pod"), ("deployment", "workload"), ("statefulset", "workload"), ("disk", "volume"), ("pvc", "volume"),
    ];

    internal static PlaybookSketch Of(Incident incident, string done, IReadOnlyList<ActionDescriptor> offered)
    {
        List<SketchedStep> steps = [.. incident.Attempts.Where(attempt => attempt.Validation == ValidationResult.Fixed)
            .Select(attempt => (attempt.Proposal, Entry: offered.FirstOrDefault(action => action.Name == attempt.Proposal.Action)))
            .Where(fixedBy => fixedBy.Entry is not null)
            .Select(fixedBy => new SketchedStep(fixedBy.Entry!.Name, ParameterClamp.Apply(fixedBy.Entry, fixedBy.Proposal.Parameters) ?? [], $"It fixed the incident of {incident.StartedAt:yyyy-MM-dd}."))];
        foreach (var action in Said(done, offered).Where(action => steps.TrueForAll(step => step.Action != action.Name)))
            steps.Add(new SketchedStep(action.Name, new SortedDictionary<string, string>(StringComparer.Ordinal), $"People did it in the incident of {incident.StartedAt:yyyy-MM-dd}."));
        var advice = done.Length > 0 ? $"People wrote: {BuiltInStory.Sentence(OneLine(done, 500))}" : incident.Advice.Length > 0 ? incident.Advice : "Nobody wrote down what helped; ask who resolved it.";
        return new PlaybookSketch(Name(incident), $"{incident.Title} as in the incident of {incident.StartedAt:yyyy-MM-dd} about {incident.Target}.", [.. steps.Take(IncidentPlanner.StepsMax)], advice);
    }

    /// <summary>Entries all of whose words people used, in the order in which they used the first of them; none that needs a parameter, which nobody can guess.</summary>
    private static IEnumerable<ActionDescriptor> Said(string done, IReadOnlyList<ActionDescriptor> offered)
    {
        var text = new StringBuilder(" ").Append(OneLine(done, 4_000).ToLowerInvariant()).Append(' ');
        foreach (var (said, word) in Words) text.Replace(said, word);
        var words = text.ToString().Split([' ', ',', '.', ';', ':', '(', ')', '-', '/', '"', '\''], StringSplitOptions.RemoveEmptyEntries).ToList();
        return offered.Where(action => action.Parameters.All(parameter => !parameter.Required || parameter.Default is not null))
            .Select(action => (Action: action, Words: action.Name.Split('-'))).Where(entry => entry.Words.All(words.Contains))
            .OrderBy(entry => words.IndexOf(entry.Words[0])).Select(entry => entry.Action);
    }

    private static string Name(Incident incident)
    {
        var name = new StringBuilder();
        foreach (var sign in incident.FirstSignal.Name)
        {
            if (char.IsAsciiLetterUpper(sign) && name.Length > 0 && name[^1] != '-') name.Append('-');
            if (char.IsAsciiLetterOrDigit(sign)) name.Append(char.ToLowerInvariant(sign));
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
            if (name.Length >= 50) break;
        }
        var text = name.ToString().Trim('-');
        return text.Length > 0 && char.IsAsciiLetter(text[0]) ? $"{text}-as-resolved" : "as-resolved";
    }

    private static string OneLine(string text, int charactersMax)
    {
        var line = string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).Trim();
        return line.Length <= charactersMax ? line : string.Concat(line.AsSpan(0, charactersMax - 1), "…");
    }
}
