using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Diagnosing;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Planning;

/// <summary>
/// Plans several steps for an incident: by a model where one answers, by the rest of its course otherwise. A plan is shown to people;
/// nothing takes steps from it. Thread-safe.
/// </summary>
public sealed class IncidentPlanner(IReasoner reasoner)
{
    /// <summary>Most steps of a plan.</summary>
    public const int StepsMax = 6;

    /// <summary>Plans.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="signals">Its newest signals.</param>
    /// <param name="catalogue">The catalogue of actions.</param>
    /// <param name="playbook">What the playbooks of its cause would do; empty when none is of it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<IncidentPlan>> PlanAsync(Incident incident, IReadOnlyList<Signal> signals, IReadOnlyList<ActionDescriptor> catalogue, IReadOnlyList<string> playbook, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incident);
        ArgumentNullException.ThrowIfNull(catalogue);
        ArgumentNullException.ThrowIfNull(playbook);
        var offered = new OfferedActions(catalogue, incident.Target);
        var builtIn = BuiltInPlan.Of(incident, [.. catalogue.Where(action => offered.Has(action.Name))], playbook);
        return Told<IncidentPlan>.Of(await reasoner.AskAsync(new ModelQuestion<IncidentPlan>
        {
            Task = ReasoningTasks.PlanIncident,
            Subject = incident.Id.ToString(),
            Catalogues = [offered.Block],
            Data =
            [
                new DataBlock("the built-in plan", builtIn.Steps.Count == 0 ? "none" : string.Join('\n', builtIn.Steps.Select(step => $"{step.Action}: {step.Why}"))),
                .. IncidentFacts.Blocks(incident, signals),
            ],
            Read = json => Check(json, incident, offered),
        }, cancellation).ConfigureAwait(false), builtIn);
    }

    private static Read<IncidentPlan> Check(JsonElement json, Incident incident, OfferedActions offered)
    {
        var (chosen, problem) = offered.Choose(json.GetProperty("steps"), StepsMax);
        if (problem.Length > 0) return new Read<IncidentPlan>(null, $"steps: {problem}");
        var failed = BuiltInPlan.Failed(incident);
        if (chosen.FirstOrDefault(step => failed.Contains(step.Action.Action)) is { Action: { } again }) return new Read<IncidentPlan>(null, $"steps: {again.Action} was tried in this incident and did not help");
        return new IncidentPlan(json.GetProperty("summary").GetString()!, [.. chosen.Select(step => new PlannedStep(step.Action.Action, step.Action.Parameters, step.Action.Why, step.Named.GetProperty("check").GetString()!))], json.GetProperty("otherwise").GetString()!);
    }
}
