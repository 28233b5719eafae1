using System.Text.Json;
using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Diagnosing;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Planning;

/// <summary>Sketches a playbook from an incident that people resolved: by a model where one answers, by rules otherwise. Thread-safe.</summary>
public sealed partial class PlaybookSketcher(IReasoner reasoner)
{
    /// <summary>Sketches.</summary>
    /// <param name="incident">The incident, ended.</param>
    /// <param name="signals">Its newest signals.</param>
    /// <param name="done">What people say they did; empty when nobody says.</param>
    /// <param name="catalogue">The catalogue of actions.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<PlaybookSketch>> SketchAsync(Incident incident, IReadOnlyList<Signal> signals, string done, IReadOnlyList<ActionDescriptor> catalogue, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incident);
        ArgumentNullException.ThrowIfNull(done);
        var offered = new OfferedActions(catalogue, incident.Target);
        var builtIn = BuiltInSketch.Of(incident, done, [.. catalogue.Where(action => offered.Has(action.Name))]);
        return Told<PlaybookSketch>.Of(await reasoner.AskAsync(new ModelQuestion<PlaybookSketch>
        {
            Task = ReasoningTasks.DraftPlaybook,
            Subject = incident.Id.ToString(),
            Catalogues = [offered.Block],
            Data =
            [
                new DataBlock("what people say they did", done.Length > 0 ? done : "nothing was said"),
                .. IncidentFacts.Blocks(incident, signals),
            ],
            Read = json => Check(json, offered),
        }, cancellation).ConfigureAwait(false), builtIn);
    }

    private static Read<PlaybookSketch> Check(JsonElement json, OfferedActions offered)
    {
        var name = json.GetProperty("name").GetString()!;
        if (!Kebab().IsMatch(name)) return new Read<PlaybookSketch>(null, "name: lower-case letters, digits and hyphens, a letter first");
        var (chosen, problem) = offered.Choose(json.GetProperty("steps"), IncidentPlanner.StepsMax);
        if (problem.Length > 0) return new Read<PlaybookSketch>(null, $"steps: {problem}");
        return new PlaybookSketch(name, json.GetProperty("description").GetString()!, [.. chosen.Select(step => new SketchedStep(step.Action.Action, step.Action.Parameters, step.Action.Why))], json.GetProperty("advice").GetString()!);
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Kebab();
}
