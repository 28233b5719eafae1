using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Chaos;

/// <summary>What each fault of one object changes in it, worked out from the object as it is.</summary>
internal static class ObjectFaults
{
    private const string NoSuchPath = "/prunella-chaos-no-such-path";

    /// <exception cref="ChaosRefusedException">The object has not what the fault is about, or it would change nothing.</exception>
    internal static IReadOnlyList<FieldChange> Changes(Experiment experiment, JsonObject live)
    {
        IReadOnlyList<FieldChange> changes = experiment.Fault switch
        {
            FaultKind.BadImage => [BadImage(experiment, live)],
            FaultKind.BadConfiguration => [BadConfiguration(experiment, live)],
            FaultKind.MissingKey => [MissingKey(experiment, live)],
            FaultKind.WrongPort => [WrongPort(experiment, live)],
            FaultKind.ScaleToZero => [FieldChange.Of(live, 0, "spec", "replicas")],
            FaultKind.SelectorDrift => [SelectorDrift(experiment, live)],
            FaultKind.ProbeBreakage => [ProbeBreakage(experiment, live)],
            FaultKind.NodeCordon => [FieldChange.Of(live, true, "spec", "unschedulable")],
            FaultKind.PodFailure => PodFailure(experiment, live),
            _ => throw new InvalidOperationException($"{experiment.Fault} changes no object."),
        };
        if (changes.All(change => JsonNode.DeepEquals(change.Before, change.After))) throw Refused(experiment, "would change nothing: it is so already");
        return changes;
    }

    private static FieldChange BadImage(Experiment experiment, JsonObject live)
    {
        var (name, container) = Container(experiment, live, "spec", "template", "spec");
        return FieldChange.Of(live, experiment.Settings.Image ?? NoSuchTag(container), "spec", "template", "spec", "containers", $"name={name}", "image");
    }

    // The list is kept as a whole: later variables may refer to earlier ones, so their order is part of what is restored.
    private static FieldChange BadConfiguration(Experiment experiment, JsonObject live)
    {
        var (name, container) = Container(experiment, live, "spec", "template", "spec");
        var variables = container["env"]?.DeepClone() as JsonArray ?? [];
        var present = variables.FirstOrDefault(entry => entry?["name"]?.GetValue<string>() == experiment.Settings.Variable);
        if (experiment.Settings.Value is { } value)
        {
            var changed = new JsonObject { ["name"] = experiment.Settings.Variable, ["value"] = value };
            if (present is null) variables.Add(changed);
            else variables[variables.IndexOf(present)] = changed;
        }
        else if (present is null) throw Refused(experiment, $"has no variable {experiment.Settings.Variable} in container {name} that could be removed");
        else variables.Remove(present);
        return FieldChange.Of(live, variables.Count == 0 ? null : variables, "spec", "template", "spec", "containers", $"name={name}", "env");
    }

    private static FieldChange MissingKey(Experiment experiment, JsonObject live)
    {
        if (live["immutable"]?.GetValue<bool>() == true) throw Refused(experiment, "is immutable");
        var map = live["data"]?[experiment.Settings.Key!] is not null ? "data" : "binaryData";
        if (live[map]?[experiment.Settings.Key!] is null) throw Refused(experiment, $"has no key {experiment.Settings.Key}; it has {string.Join(", ", (live["data"] as JsonObject)?.Select(entry => entry.Key) ?? [])}");
        return FieldChange.Of(live, null, map, experiment.Settings.Key!);
    }

    private static FieldChange WrongPort(Experiment experiment, JsonObject live)
    {
        var ports = live["spec"]?["ports"] as JsonArray ?? throw Refused(experiment, "has no ports");
        var index = experiment.Settings.PortName is { } wanted ? ports.Select((port, at) => (port, at)).Where(pair => pair.port?["name"]?.GetValue<string>() == wanted).Select(pair => pair.at).DefaultIfEmpty(-1).First() : 0;
        if (index < 0) throw Refused(experiment, $"has no port named {experiment.Settings.PortName}");
        return FieldChange.Of(live, experiment.Settings.Port, "spec", "ports", index.ToString(System.Globalization.CultureInfo.InvariantCulture), "targetPort");
    }

    private static FieldChange SelectorDrift(Experiment experiment, JsonObject live)
    {
        if (live["spec"]?["selector"] is not JsonObject { Count: > 0 } selector) throw Refused(experiment, "selects pods by no label");
        var label = experiment.Settings.Key ?? selector.First().Key;
        return FieldChange.Of(live, experiment.Settings.Value ?? $"{selector[label]?.GetValue<string>()}-drifted", "spec", "selector", label);
    }

    private static FieldChange ProbeBreakage(Experiment experiment, JsonObject live)
    {
        var (name, container) = Container(experiment, live, "spec", "template", "spec");
        var probe = $"{experiment.Settings.Probe}Probe";
        string[] path = ["spec", "template", "spec", "containers", $"name={name}", probe];
        var present = container[probe] ?? throw Refused(experiment, $"has no {experiment.Settings.Probe} probe in container {name}");
        if (present["httpGet"] is not null) return FieldChange.Of(live, NoSuchPath, [.. path, "httpGet", "path"]);
        if (present["tcpSocket"] is not null) return FieldChange.Of(live, 1, [.. path, "tcpSocket", "port"]);
        if (present["exec"] is not null) return FieldChange.Of(live, new JsonArray("sh", "-c", "exit 1"), [.. path, "exec", "command"]);
        throw Refused(experiment, $"has a {experiment.Settings.Probe} probe of a kind that is not known here");
    }

    private static IReadOnlyList<FieldChange> PodFailure(Experiment experiment, JsonObject live)
    {
        var names = experiment.Settings.Containers.Count > 0 ? experiment.Settings.Containers : [.. ((JsonArray)live["spec"]!["containers"]!).Select(container => container!["name"]!.GetValue<string>())];
        return [.. names.Select(name => FieldChange.Of(live, NoSuchTag(Named(experiment, live, name, "spec")), "spec", "containers", $"name={name}", "image"))];
    }

    private static (string Name, JsonObject Container) Container(Experiment experiment, JsonObject live, params string[] pod)
    {
        var name = experiment.Settings.Containers.Count > 0 ? experiment.Settings.Containers[0] : FieldChange.Read(live, [.. pod, "containers", "0", "name"])?.GetValue<string>() ?? "";
        return (name, Named(experiment, live, name, pod));
    }

    private static JsonObject Named(Experiment experiment, JsonObject live, string name, params string[] pod) =>
        FieldChange.Read(live, [.. pod, "containers", $"name={name}"]) as JsonObject
        ?? throw Refused(experiment, $"has no container {name}; it has {string.Join(", ", (FieldChange.Read(live, [.. pod, "containers"]) as JsonArray)?.Select(container => container?["name"]?.GetValue<string>()) ?? [])}");

    // A tag beside the present one, in the same repository: what a mistyped release looks like.
    private static string NoSuchTag(JsonObject container)
    {
        var image = container["image"]?.GetValue<string>() ?? "";
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        if (digest >= 0) image = image[..digest];
        var tag = image.LastIndexOf(':');
        return (tag > image.LastIndexOf('/') ? image[..tag] : image) + ":prunella-chaos-no-such-tag";
    }

    private static ChaosRefusedException Refused(Experiment experiment, string why) => new($"{experiment.Source}: {experiment.FaultName} {experiment.Name}: {experiment.TargetText} {why}.");
}
