using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Diagnosing;

/// <summary>The part of the action catalogue that a model is shown about a target, and may choose from.</summary>
internal sealed class OfferedActions
{
    private readonly List<ActionDescriptor> entries;

    /// <summary>Forbidden entries, and those for other kinds of targets, are not offered.</summary>
    internal OfferedActions(IEnumerable<ActionDescriptor> catalogue, Target target) =>
        entries = [.. catalogue.Where(action => action.Class != ActionClass.Forbidden && !ForbiddenActions.IsForbidden(action.Name) && (action.TargetKinds.Count == 0 || action.TargetKinds.Contains(target.Kind)))];

    /// <summary>The catalogue as a model reads it.</summary>
    internal DataBlock Block => new("catalogue of actions", string.Join('\n', entries.Select(Describe)));

    internal bool Has(string action) => entries.Exists(entry => entry.Name == action);

    /// <summary>The actions that an answer names, with parameters brought into the catalogue's bounds; those that lack a parameter are left out.</summary>
    /// <param name="named">The list of the answer.</param>
    /// <param name="max">Most actions taken.</param>
    /// <returns>The actions with the places where the answer named them, or what is wrong.</returns>
    internal (IReadOnlyList<(OpinionAction Action, JsonElement Named)> Actions, string Problem) Choose(JsonElement named, int max)
    {
        List<(OpinionAction, JsonElement)> actions = [];
        foreach (var item in named.EnumerateArray().Take(max))
        {
            var name = item.GetProperty("action").GetString()!;
            if (entries.Find(action => action.Name == name) is not { } entry) return ([], $"\"{Short(name)}\" is not in the catalogue of actions");
            var wanted = item.GetProperty("parameters").EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetString()!, StringComparer.Ordinal);
            if (wanted.Keys.FirstOrDefault(key => entry.Parameters.All(parameter => parameter.Name != key)) is { } unknown) return ([], $"{name} has no parameter \"{Short(unknown)}\"");
            // One that lacks what it needs is no proposal; the rest of the answer stands.
            if (ParameterClamp.Apply(entry, wanted) is { } parameters) actions.Add((new OpinionAction(name, parameters, item.GetProperty("why").GetString()!), item));
        }
        return (actions, "");
    }

    internal static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    private static string Describe(ActionDescriptor action) =>
        $"{action.Name}: {action.Summary}" + string.Concat(action.Parameters.Where(parameter => parameter.Kind is not (ParameterKind.Text or ParameterKind.Url)).Select(parameter => $"\n  {parameter.Name}{(parameter.Required ? " (needed)" : "")}: {parameter.Description}"));
}
