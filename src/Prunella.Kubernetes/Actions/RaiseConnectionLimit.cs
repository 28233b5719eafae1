using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Raises the size of a connection pool that a workload reads from an environment variable or a config map, and restarts it.</summary>
internal sealed partial class RaiseConnectionLimit(ActionTools tools) : WorkloadPatchAction(tools)
{
    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "raise-connection-limit",
        Summary = "Raises the size of a workload's connection pool where it is configured, in a rollout.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Parameters =
        [
            new("variable", ParameterKind.Text, "The environment variable that holds the size; by default the only one named like a pool size."),
            new("config-map", ParameterKind.Text, "The config map that holds the size, in place of variable."),
            new("key", ParameterKind.Text, "The key within the config map."),
            new("factor", ParameterKind.Number, "How much larger, as a factor; default 1.5.") { Default = "1.5", Minimum = 1.05, Maximum = 4 },
            new("value", ParameterKind.Integer, "The new size, in place of factor.") { Minimum = 1, Maximum = 100_000 },
            new("max", ParameterKind.Integer, "A size never exceeded; default 200.") { Default = "200", Minimum = 1, Maximum = 100_000 },
        ],
        PatchesSpecification = true,
        Reversible = true,
        Disruptive = true,
        Grows = "connections",
        Risks = "Every pod may open more connections; the database has its own limit for all of them together.",
    };

    protected override async Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        if (RestartBlocker(view) is { } blocker) return Design.Blocked(blocker);
        return view.Values.Text("config-map") is { } map ? await InConfigMapAsync(view, map, cancellation) : InVariable(view);
    }

    private static Design InVariable(WorkloadView view)
    {
        var asked = view.Values.Text("variable");
        var found = (view.Snapshot.Template?.Spec?.Containers ?? []).SelectMany(container => (container.Env ?? []).Select(variable => (Container: container.Name, Variable: variable)))
            .Where(pair => asked is null ? PoolSizeName().IsMatch(pair.Variable.Name) && int.TryParse(pair.Variable.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _) : pair.Variable.Name == asked).ToList();
        if (found is not [var (container, chosen)])
        {
            return Design.Blocked(asked is not null ? $"{view.Proposal.Target} has {(found.Count == 0 ? "no" : "more than one")} variable {InertText.OneLine(asked, 80)}."
                : $"Which variable of {view.Proposal.Target} holds the pool's size cannot be told ({(found.Count == 0 ? "none is" : string.Join(", ", found.Select(pair => pair.Variable.Name)) + " are")} named like one); name it in parameter variable, or config-map and key.");
        }
        var (next, why) = Next(view, chosen.Name, chosen.Value);
        if (next is null) return Design.Blocked(why);
        var (factor, annotation, before, after) = Growth.Step(view.Live, "connections", $"{container}.{chosen.Name}", chosen.Value, next);
        return view.Rolling(Patch(container, chosen.Name, next, annotation, after), Patch(container, chosen.Name, chosen.Value, annotation, before)) with
        {
            CumulativeGrowth = factor,
            UndoSummary = $"{chosen.Name} of container {container} back to {chosen.Value}",
        };
    }

    private async Task<Design> InConfigMapAsync(WorkloadView view, string name, CancellationToken cancellation)
    {
        if (view.Values.Text("key") is not { } key) return Design.Blocked("Parameter key is missing: which entry of the config map holds the size.");
        if (!TargetResolver.IsName(name)) return Design.Blocked($"\"{InertText.OneLine(name, 80)}\" is no name of a config map.");
        // Only what the workload reads is its configuration; any other map is someone else's.
        if (!view.Template.ToJsonString().Contains($"\"{name}\"", StringComparison.Ordinal)) return Design.Blocked($"{view.Proposal.Target} does not use config map {name}.");
        var map = await Tools.Api.FindAsync(ApiKind.ConfigMap, view.Proposal.Target.Namespace, name, cancellation);
        if (map?["data"] is not JsonObject data || ObjectPatcher.Text(data, key) is not { Length: > 0 } current) return Design.Blocked($"Config map {name} has no entry {InertText.OneLine(key, 80)}.");
        if (map["immutable"]?.GetValue<bool>() == true) return Design.Blocked($"Config map {name} is immutable.");
        var (next, why) = Next(view, key, current);
        if (next is null) return Design.Blocked(why);
        var (factor, annotation, before, after) = Growth.Step(map, "connections", key, current, next);
        var rolling = view.Rolling(RestartPatch(), RestartUndo(view));
        return rolling with
        {
            Edits = [new ObjectEdit(ApiKind.ConfigMap, map, MapPatch(key, next, annotation, after), MapPatch(key, current, annotation, before)), .. rolling.Edits],
            CumulativeGrowth = factor,
            ManagedBy = rolling.ManagedBy ?? ObjectPatcher.ManagerOf(map),
            UndoSummary = $"{key} of config map {name} back to {current}",
        };
    }

    private static (string? Next, string Why) Next(WorkloadView view, string name, string? current)
    {
        if (!int.TryParse(current?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size == 0) return (null, $"{name} of {view.Proposal.Target} holds no number that could be raised.");
        var next = view.Values.Integer("value") ?? (int)Math.Ceiling(size * view.Values.Number("factor")!.Value - 1e-9);
        var max = view.Values.Integer("max")!.Value;
        if (next <= size) return (null, $"{name} is {size} already; {next} is asked for.");
        return next > max ? (null, $"{name} would be {next}; the bound is {max} (parameter max).") : (next.ToString(CultureInfo.InvariantCulture), "");
    }

    private static JsonObject Patch(string container, string variable, string value, string annotation, string? mark) => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = mark } },
        ["spec"] = new JsonObject
        {
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["env"] = new JsonArray(new JsonObject { ["name"] = variable, ["value"] = value }) }),
                },
            },
        },
    };

    private static JsonObject MapPatch(string key, string value, string annotation, string? mark) => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = mark } },
        ["data"] = new JsonObject { [key] = value },
    };

    [GeneratedRegex("(POOL|CONNECTIONS?)_?(MAX|SIZE|LIMIT)|(MAX|MAXIMUM)_?(POOL|CONNECTIONS?)|MAXIMUM_?POOL_?SIZE", RegexOptions.IgnoreCase)]
    private static partial Regex PoolSizeName();
}
