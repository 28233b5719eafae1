using Prunella.Kubernetes.Causes.Controllers;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>Reads manifests of Chaos Mesh.</summary>
internal static class MeshReader
{
    private static readonly string[] Modes = ["one", "all", "fixed", "fixed-percent", "random-max-percent"];

    internal static Experiment? Schedule(Experiment head, StrictObject spec)
    {
        var schedule = spec.Text("schedule", required: true) ?? "";
        var kind = spec.OneOf("type", true, "PodChaos", "StressChaos", "NetworkChaos");
        spec.Whole("historyLimit", 0, 1_000);
        spec.Whole("startingDeadlineSeconds", 0, int.MaxValue);
        spec.OneOf("concurrencyPolicy", false, "Forbid", "Allow");
        if (schedule.Length > 0 && FaultOf(schedule) is { } fault) spec.Problem("schedule", $"is \"{schedule}\": {fault}");
        var inner = kind is null ? null : spec.Object(char.ToLowerInvariant(kind[0]) + kind[1..], required: true);
        spec.Done();
        return inner is null ? null : Read(kind!, head, inner) is { } read ? read with { Schedule = schedule, MeshKind = "Schedule" } : null;
    }

    internal static Experiment? Read(string kind, Experiment head, StrictObject spec)
    {
        var read = (head with { MeshKind = kind }) switch
        {
            var one when kind == "PodChaos" => PodChaos(one, spec),
            var one when kind == "StressChaos" => StressChaos(one, spec),
            var one => NetworkChaos(one, spec),
        };
        if (read is null) return null;
        read = Mode(read, spec);
        read = read with { Pods = Selector(read, spec), Duration = spec.Duration("duration") };
        spec.Pass("remoteCluster");
        if (spec.Has("remoteCluster")) spec.Problem("remoteCluster", "is not supported: experiments run in the cluster of the kubeconfig");
        spec.Done();
        return read.Namespace.Length == 0 && read.Pods is { Namespaces.Count: > 0 } pods ? read with { Namespace = pods.Namespaces[0] } : read;
    }

    private static Experiment? PodChaos(Experiment head, StrictObject spec)
    {
        var action = spec.OneOf("action", true, "pod-kill", "pod-failure", "container-kill");
        var containers = spec.Texts("containerNames");
        var grace = spec.Whole("gracePeriod", 0, 3_600) ?? 0;
        if (action == "container-kill" && containers.Count == 0) spec.Problem("containerNames", "is missing; container-kill needs at least one");
        return action is null ? null : head with
        {
            Fault = action switch { "pod-kill" => FaultKind.PodKill, "pod-failure" => FaultKind.PodFailure, _ => FaultKind.ContainerKill },
            Settings = new FaultSettings { Containers = containers, GraceSeconds = grace },
        };
    }

    private static Experiment? StressChaos(Experiment head, StrictObject spec)
    {
        var containers = spec.Texts("containerNames");
        var stressors = spec.Object("stressors");
        string? meshOnly = null;
        if (spec.Text("stressngStressors") is not null) meshOnly = "spec.stressngStressors is given to stress-ng";
        var memory = stressors?.Object("memory");
        var cpu = stressors?.Object("cpu");
        if (stressors is null && meshOnly is null) spec.Problem("stressors", "is missing; expected memory or cpu");
        if (memory is not null && cpu is not null) stressors!.Problem("cpu", "stands beside memory; the built-in injector does one of them, so write two documents");
        if (stressors is not null && memory is null && cpu is null) stressors.Problem("memory", "and cpu are both missing");
        stressors?.Done();
        var stress = memory ?? cpu;
        var workers = stress?.Whole("workers", 1, 64, required: true) ?? 1;
        var bytes = memory?.Bytes("size", required: true) ?? 0;
        memory?.Pass("oomScoreAdj");
        if (memory?.Has("oomScoreAdj") == true) meshOnly = "spec.stressors.memory.oomScoreAdj needs rights that a container does not have";
        if (memory?.Duration("time") is not null) meshOnly = "spec.stressors.memory.time (a slow growth) is done by Chaos Mesh";
        if (stress?.Texts("options").Count > 0) meshOnly = "spec.stressors' options are given to stress-ng";
        if (cpu?.Whole("load", 1, 100) is { } load and < 100) meshOnly = $"spec.stressors.cpu.load of {load} % is kept by Chaos Mesh; the built-in injector burns whole cores";
        stress?.Done();
        return head with
        {
            Fault = cpu is not null ? FaultKind.CpuStress : FaultKind.MemoryStress, MeshOnly = meshOnly,
            Settings = new FaultSettings { Containers = containers, Workers = workers, MemoryBytes = bytes },
        };
    }

    private static Experiment NetworkChaos(Experiment head, StrictObject spec)
    {
        spec.OneOf("action", true, "netem", "delay", "loss", "duplicate", "corrupt", "partition", "bandwidth", "rate");
        spec.OneOf("direction", false, "to", "from", "both");
        // What the network is to do is checked by Chaos Mesh, which alone can do it.
        spec.Pass("delay", "loss", "duplicate", "corrupt", "bandwidth", "rate", "target", "externalTargets", "device", "targetDevice");
        return head with { Fault = FaultKind.Network, MeshOnly = "NetworkChaos needs rights on the nodes" };
    }

    private static Experiment Mode(Experiment head, StrictObject spec)
    {
        var mode = spec.OneOf("mode", true, Modes);
        var value = mode switch
        {
            "fixed" => spec.Whole("value", 1, 10_000, required: true),
            "fixed-percent" or "random-max-percent" => spec.Whole("value", 1, 100, required: true),
            _ => null,
        };
        if (mode is "one" or "all") spec.Pass("value");
        return head with
        {
            ModeValue = value ?? 0,
            Mode = mode switch { "all" => TargetMode.All, "fixed" => TargetMode.Fixed, "fixed-percent" => TargetMode.FixedPercent, "random-max-percent" => TargetMode.RandomMaxPercent, _ => TargetMode.One },
        };
    }

    private static PodSelector? Selector(Experiment head, StrictObject spec)
    {
        if (spec.Object("selector", required: true) is not { } selector) return null;
        var named = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (selector.Object("pods") is { } pods)
        {
            foreach (var space in pods.Element.EnumerateObject()) named[space.Name] = pods.Texts(space.Name);
            pods.Done();
        }
        var namespaces = selector.Texts("namespaces");
        if (namespaces.Count == 0 && named.Count > 0) namespaces = [.. named.Keys];
        if (namespaces.Count == 0 && head.Namespace.Length > 0) namespaces = [head.Namespace];
        if (namespaces.Count == 0) selector.Problem("namespaces", "is missing; chaos runs only in namespaces that are named");
        var expressions = selector.Objects("expressionSelectors");
        foreach (var expression in expressions)
        {
            expression.Text("key", required: true);
            var operation = expression.OneOf("operator", true, "In", "NotIn", "Exists", "DoesNotExist");
            if (operation is "In" or "NotIn" && expression.Texts("values").Count == 0) expression.Problem("values", "is missing");
            expression.Texts("values");
            expression.Done();
        }
        var made = new PodSelector
        {
            Namespaces = namespaces, Named = named, Labels = selector.Labels("labelSelectors"), Annotations = selector.Labels("annotationSelectors"),
            Phases = selector.Texts("podPhaseSelectors"), Nodes = selector.Texts("nodes"), Expressions = [.. expressions.Select(expression => new Field(expression.Element))],
        };
        foreach (var name in (string[])["fieldSelectors", "nodeSelectors", "physicalMachines"])
            if (selector.Has(name)) selector.Problem(name, "is not supported; select by namespaces, labelSelectors, annotationSelectors, expressionSelectors, podPhaseSelectors, nodes or pods");
        selector.Done();
        return made;
    }

    private static string? FaultOf(string schedule)
    {
        if (schedule.StartsWith("@every ", StringComparison.Ordinal)) return GoDuration.Parse(schedule[7..]) is { } every && every >= TimeSpan.FromSeconds(1) ? null : "expected @every with at least 1s";
        return CronJobTrouble.FaultOf(schedule);
    }
}
