using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Tests.Playbooks;

/// <summary>A catalogue with the names that playbooks use, and a few typed parameters.</summary>
internal static class TestActions
{
    internal static readonly IReadOnlyList<ActionDescriptor> All =
    [
        Of("restart-pod", new ParameterDescriptor("pod", ParameterKind.Text, "The pod.")),
        Of("restart-workload"),
        Of("scale-up",
            new ParameterDescriptor("by", ParameterKind.Integer, "Replicas to add; default 1.") { Default = "1", Minimum = 1, Maximum = 50 },
            new ParameterDescriptor("max", ParameterKind.Integer, "Replicas never exceeded; default 20.") { Default = "20", Minimum = 1, Maximum = 500 }),
        Of("raise-memory-limit",
            new ParameterDescriptor("factor", ParameterKind.Number, "How much more; default 1.5.") { Minimum = 1.05, Maximum = 4 },
            new ParameterDescriptor("max-limit", ParameterKind.Quantity, "A limit never exceeded.")),
        Of("raise-connection-limit"),
        Of("rotate-connection-pool", new ParameterDescriptor("method", ParameterKind.Text, "How: rolling, http or postgres.") { Default = "rolling" }),
        Of("rollback-rollout") with { Class = ActionClass.NeedsApproval },
        Of("expand-volume") with { Class = ActionClass.NeedsApproval, TargetKinds = ["PersistentVolumeClaim", "StatefulSet"] },
        Of("clear-cache", new ParameterDescriptor("pattern", ParameterKind.Text, "Keys to remove."), new ParameterDescriptor("database", ParameterKind.Integer, "A whole database.") { Minimum = 0 }),
        Of("cordon-node") with { Class = ActionClass.NeedsApproval, TargetKinds = ["Node"] },
        Of("drain-node") with { Class = ActionClass.NeedsApproval, TargetKinds = ["Node"] },
        Of("call-webhook", new ParameterDescriptor("hook", ParameterKind.Text, "The hook's name.") { Required = true }),
        .. ForbiddenActions.All.Select(forbidden => Of(forbidden.Key) with { Class = ActionClass.Forbidden }),
    ];

    private static ActionDescriptor Of(string name, params ParameterDescriptor[] parameters) =>
        new() { Name = name, Summary = name, Class = ActionClass.Safe, Radius = BlastRadius.Pod, Parameters = parameters };
}
