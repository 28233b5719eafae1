using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>Reads documents of kind <c>Fault</c>; docs/schema/fault.schema.json describes them.</summary>
internal static class FaultReader
{
    internal static readonly string[] Names = ["bad-image", "bad-configuration", "missing-key", "wrong-port", "scale-to-zero", "selector-drift", "probe-breakage", "node-cordon", "quota-squeeze"];
    private static readonly string[] Workloads = ["Deployment", "StatefulSet", "DaemonSet"];

    internal static Experiment? Read(Experiment head, StrictObject spec)
    {
        var fault = spec.OneOf("fault", true, Names);
        var duration = spec.Duration("duration");
        if (fault is null) return null;
        if (fault != "node-cordon" && head.Namespace.Length == 0) spec.Problem("fault", $"{fault} needs a metadata.namespace");
        var settings = new FaultSettings();
        var target = new ObjectRef("Namespace", "", head.Namespace);
        var kind = FaultKind.QuotaSqueeze;
        switch (fault)
        {
            case "bad-image":
                (kind, target) = (FaultKind.BadImage, Target(head, spec, Workloads));
                settings = settings with { Containers = Container(spec), Image = spec.Text("image") };
                break;
            case "bad-configuration":
                (kind, target) = (FaultKind.BadConfiguration, Target(head, spec, Workloads));
                settings = settings with { Containers = Container(spec), Variable = spec.Text("variable", required: true), Value = spec.Text("value") };
                break;
            case "missing-key":
                (kind, target) = (FaultKind.MissingKey, Target(head, spec, "ConfigMap"));
                settings = settings with { Key = spec.Text("key", required: true), Restart = spec.Object("restart") is { } restart ? Named(head, restart, Workloads) : null };
                break;
            case "wrong-port":
                (kind, target) = (FaultKind.WrongPort, Target(head, spec, "Service"));
                settings = settings with { PortName = spec.Text("portName"), Port = spec.Whole("port", 1, 65_535) ?? 1 };
                break;
            case "scale-to-zero":
                (kind, target) = (FaultKind.ScaleToZero, Target(head, spec, "Deployment", "StatefulSet"));
                break;
            case "selector-drift":
                (kind, target) = (FaultKind.SelectorDrift, Target(head, spec, "Service"));
                settings = settings with { Key = spec.Text("label"), Value = spec.Text("value") };
                break;
            case "probe-breakage":
                (kind, target) = (FaultKind.ProbeBreakage, Target(head, spec, Workloads));
                settings = settings with { Containers = Container(spec), Probe = spec.OneOf("probe", false, "readiness", "liveness", "startup") ?? "readiness" };
                break;
            case "node-cordon":
                (kind, target) = (FaultKind.NodeCordon, Target(head, spec, "Node") with { Namespace = "" });
                head = head with { Namespace = "" };
                break;
            default:
                settings = settings with { PodsMax = spec.Whole("podsMax", 0, 100_000) ?? 0 };
                target = new ObjectRef("ResourceQuota", head.Namespace, $"prunella-chaos-{head.Name}");
                break;
        }
        spec.Done();
        return head with { Fault = kind, Target = target, Settings = settings, Duration = duration };
    }

    private static IReadOnlyList<string> Container(StrictObject spec) => spec.Text("container") is { } container ? [container] : [];

    private static ObjectRef Target(Experiment head, StrictObject spec, params string[] kinds) =>
        spec.Object("target", required: true) is { } target ? Named(head, target, kinds) : new ObjectRef(kinds[0], head.Namespace, "");

    private static ObjectRef Named(Experiment head, StrictObject target, string[] kinds)
    {
        var kind = target.OneOf("kind", kinds.Length > 1, kinds) ?? kinds[0];
        var name = target.Text("name", required: true) ?? "";
        target.Done();
        return new ObjectRef(kind, head.Namespace, name);
    }
}
