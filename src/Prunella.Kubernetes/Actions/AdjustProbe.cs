using System.Text.Json.Nodes;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>Gives a container's probe more time; what it asks stays as it is.</summary>
internal sealed class AdjustProbe(ActionTools tools) : WorkloadPatchAction(tools)
{
    private static readonly (string Parameter, string Field)[] Timings =
    [
        ("timeout-seconds", "timeoutSeconds"), ("initial-delay-seconds", "initialDelaySeconds"), ("period-seconds", "periodSeconds"), ("failure-threshold", "failureThreshold"),
    ];

    public override ActionDescriptor Descriptor { get; } = new()
    {
        Name = "adjust-probe",
        Summary = "Gives a probe of a container more time, in a rollout; the port and the path that it asks stay.",
        Class = ActionClass.NeedsApproval,
        Radius = BlastRadius.Workload,
        TargetKinds = RollingKinds,
        Parameters =
        [
            new("container", ParameterKind.Text, "The container.") { Required = true },
            new("probe", ParameterKind.Text, "liveness, readiness or startup.") { Required = true },
            new("timeout-seconds", ParameterKind.Integer, "Time for one answer; unchanged by default.") { Minimum = 1, Maximum = 300 },
            new("initial-delay-seconds", ParameterKind.Integer, "Time before the first question; unchanged by default.") { Minimum = 0, Maximum = 3_600 },
            new("period-seconds", ParameterKind.Integer, "Time between two questions; unchanged by default.") { Minimum = 1, Maximum = 3_600 },
            new("failure-threshold", ParameterKind.Integer, "Failures in a row that count; unchanged by default.") { Minimum = 1, Maximum = 1_000 },
        ],
        PatchesSpecification = true,
        Disruptive = true,
        Reversible = true,
        Risks = "A container that hangs is noticed later.",
    };

    protected override Task<Design> DesignAsync(WorkloadView view, CancellationToken cancellation) => Task.FromResult(DesignOf(view));

    private static Design DesignOf(WorkloadView view)
    {
        if (RestartBlocker(view) is { } blocker) return Design.Blocked(blocker);
        var name = view.Values.Text("container")!;
        var field = view.Values.Text("probe") switch { "liveness" => "livenessProbe", "readiness" => "readinessProbe", "startup" => "startupProbe", _ => null };
        if (field is null) return Design.Blocked("Parameter probe is liveness, readiness or startup.");
        var container = (view.Template["spec"]?["containers"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(candidate => ObjectPatcher.Text(candidate, "name") == name);
        if (container is null) return Design.Blocked($"{view.Proposal.Target} has no container {InertText.OneLine(name, 80)}.");
        if (container[field] is not JsonObject probe) return Design.Blocked($"Container {name} of {view.Proposal.Target} has no {view.Values.Text("probe")} probe.");
        var wanted = new JsonObject();
        var before = new JsonObject();
        foreach (var (parameter, key) in Timings)
        {
            if (view.Values.Integer(parameter) is not { } value) continue;
            wanted[key] = value;
            before[key] = probe[key]?.DeepClone();
        }
        if (wanted.Count == 0) return Design.Blocked("None of the timings is given: there is nothing to change.");
        return view.Rolling(Patch(name, field, wanted), Patch(name, field, before)) with { UndoSummary = $"{field} of container {name} back to {before.ToJsonString()}" };
    }

    private static JsonObject Patch(string container, string field, JsonObject timings) => new()
    {
        ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = container, [field] = timings }) } } },
    };
}
