using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Planning;

/// <summary>Several steps for an incident, by its course and the playbooks of its cause. Pure.</summary>
internal static class BuiltInPlan
{
    internal static IncidentPlan Of(Incident incident, IReadOnlyList<ActionDescriptor> offered, IReadOnlyList<string> playbook)
    {
        var failed = Failed(incident);
        var tried = incident.Attempts.Select(attempt => attempt.Proposal.Action).ToHashSet(StringComparer.Ordinal);
        List<PlannedStep> steps = [];
        foreach (var step in incident.Course.Skip(incident.StepIndex))
        {
            if (!failed.Contains(step.Action) && offered.FirstOrDefault(action => action.Name == step.Action) is { } action) steps.Add(Step(action, step.Parameters, step.Why));
        }
        foreach (var name in playbook.Where(name => !tried.Contains(name)))
        {
            if (steps.TrueForAll(step => step.Action != name) && offered.FirstOrDefault(action => action.Name == name) is { } action && action.Parameters.All(parameter => !parameter.Required || parameter.Default is not null))
                steps.Add(Step(action, new Dictionary<string, string>(), "A playbook of this cause has it."));
        }
        steps = [.. steps.Take(IncidentPlanner.StepsMax)];
        return new IncidentPlan(Summary(incident, steps), steps, Otherwise(incident));
    }

    /// <summary>What was tried in this incident and did not help; it is not planned again.</summary>
    internal static HashSet<string> Failed(Incident incident) =>
        incident.Attempts.Where(attempt => attempt.Validation is { } result && result != ValidationResult.Fixed).Select(attempt => attempt.Proposal.Action).ToHashSet(StringComparer.Ordinal);

    private static PlannedStep Step(ActionDescriptor action, IReadOnlyDictionary<string, string> parameters, string why) =>
        new(action.Name, parameters, why.Length > 0 ? BuiltInStory.Sentence(why) : action.Summary, action.Radius == BlastRadius.Dependency ? "What depends on it answers again, and the alert has ended." : "The workload is ready and stays so, and the alert has ended.");

    private static string Summary(Incident incident, List<PlannedStep> steps)
    {
        var cause = BuiltInStory.CauseOf(incident);
        if (steps.Count == 0) return $"For {cause} of {incident.Target} there is no step left that the catalogue has; a person acts.";
        return $"{(steps.Count == 1 ? "One step" : $"{steps.Count} steps")} against {cause} of {incident.Target}, in the order of the playbook; each is judged, and asked about where it has to be, before it is taken.";
    }

    private static string Otherwise(Incident incident) => incident.Advice.Length > 0 ? BuiltInStory.Sentence(incident.Advice) : "A person diagnoses it with the evidence of the incident.";
}
