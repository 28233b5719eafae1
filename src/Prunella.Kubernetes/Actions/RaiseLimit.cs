using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Raises one container's limit of one resource within its bounds, the nodes' room and, by the gate, the cap on growth in all.</summary>
internal abstract class RaiseLimit(ActionTools tools) : WorkloadPatchAction(tools)
{
    /// <summary><c>memory</c> or <c>cpu</c>.</summary>
    protected abstract string Resource { get; }

    /// <summary>The least step that makes sense, in base units.</summary>
    protected abstract double Step { get; }

    protected abstract string Show(double amount);

    /// <summary>The container in trouble when the proposal does not name one.</summary>
    protected abstract IReadOnlyList<string> Suspects(WorkloadSnapshot snapshot);

    protected static IReadOnlyList<ParameterDescriptor> ParametersOf(string unit) =>
    [
        new("container", ParameterKind.Text, "The container; by default the one in trouble, or the only one."),
        new("factor", ParameterKind.Number, "How much more, as a factor; default 1.5.") { Default = "1.5", Minimum = 1.05, Maximum = 4 },
        new("limit", ParameterKind.Quantity, $"The new limit ({unit}), in place of factor."),
        new("max-limit", ParameterKind.Quantity, $"A limit never exceeded ({unit}); by default only the nodes' room and the cap on growth hold."),
    ];

    protected override async Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation)
    {
        var target = view.Proposal.Target;
        var containers = view.Snapshot.Template?.Spec?.Containers ?? [];
        var name = Choose(view, containers, out var why);
        if (name is null) return Design.Blocked(why);
        var container = containers.First(candidate => candidate.Name == name);
        if (Quantities.Of(container.Resources?.Limits, Resource) is not { } current) return Design.Blocked($"Container {name} of {target} has no {Resource} limit that could be raised.");
        var next = view.Values.Quantity("limit") ?? Math.Ceiling(current * view.Values.Number("factor")!.Value / Step - 1e-9) * Step;
        if (next <= current) return Design.Blocked($"Container {name} of {target} has a {Resource} limit of {Show(current)} already; {Show(next)} is asked for.");
        if (next > current * 4) return Design.Blocked($"{Show(next)} is more than four times the present {Resource} limit of {Show(current)}.");
        if (view.Values.Quantity("max-limit") is { } max && next > max) return Design.Blocked($"A {Resource} limit of {Show(next)} for container {name} exceeds the bound of {Show(max)} (parameter max-limit).");
        var perPod = containers.Sum(candidate => candidate.Name == name ? next : Quantities.Of(candidate.Resources?.Limits, Resource) ?? Quantities.Of(candidate.Resources?.Requests, Resource) ?? 0);
        if (await Tools.Room.RefusalAsync(view.Snapshot, Resource, perPod, cancellation) is { } refusal) return Design.Blocked($"No room for a {Resource} limit of {Show(next)}: {refusal}.");

        var currentText = container.Resources!.Limits[Resource].ToString();
        var (factor, annotation, before, after) = Growth.Step(view.Live, $"{Resource}-limit", name, currentText, Show(next));
        var request = container.Resources.Requests is { } requests && requests.TryGetValue(Resource, out var asked) ? asked.ToString() : null;
        // Equal requests and limits are somebody's choice of the guaranteed class; it is kept.
        var keepsGuaranteed = Quantities.Of(request) == current;
        return view.Rolling(Patch(name, Show(next), keepsGuaranteed ? Show(next) : null, annotation, after), Patch(name, currentText, keepsGuaranteed ? request : null, annotation, before)) with
        {
            Note = why,
            CumulativeGrowth = factor,
            UndoSummary = $"{Resource} limit of container {name} back to {currentText}",
        };
    }

    private string? Choose(WorkloadView view, IEnumerable<V1Container> containers, out string why)
    {
        var names = containers.Select(container => container.Name).ToList();
        if (view.Values.Text("container") is { } asked)
        {
            why = names.Contains(asked) ? "" : $"{view.Proposal.Target} has no container {InertText.OneLine(asked, 80)}; it has {string.Join(", ", names)}.";
            return names.Contains(asked) ? asked : null;
        }
        var suspects = Suspects(view.Snapshot).Intersect(names).ToList();
        if (suspects.Count == 0 && names.Count == 1) suspects = names;
        why = suspects.Count == 1 ? $"Container {suspects[0]}." : $"Which of the containers {string.Join(", ", names)} is in trouble cannot be told; name it in parameter container.";
        return suspects.Count == 1 ? suspects[0] : null;
    }

    private JsonObject Patch(string container, string limit, string? request, string annotation, string? mark)
    {
        var resources = new JsonObject { ["limits"] = new JsonObject { [Resource] = limit } };
        if (request is not null) resources["requests"] = new JsonObject { [Resource] = request };
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = mark } },
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["resources"] = resources }) } },
            },
        };
    }
}
