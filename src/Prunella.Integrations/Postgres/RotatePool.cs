using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Postgres;

/// <summary>What the drivers of <c>rotate-connection-pool</c> share.</summary>
internal static class RotatePool
{
    internal static readonly ActionDescriptor Descriptor = new()
    {
        Name = "rotate-connection-pool",
        Summary = "Replaces the connections of a pool by new ones.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Workload,
        Parameters =
        [
            new("method", ParameterKind.Text, "How: rolling (restart the pods a few at a time; default), http (the application's own hook) or postgres (end idle backends).") { Default = "rolling" },
            new("pool", ParameterKind.Text, "For http and postgres: the name of a configured pool; default the one with the target's name, or the only one."),
            new("idle-longer-than", ParameterKind.Duration, "For postgres: only backends idle for so long; default from the configuration.") { Minimum = 30, Maximum = 86_400 },
            new("application", ParameterKind.Text, "For postgres: only backends of this application_name, within the configured bounds."),
        ],
        Risks = "Transactions left open by idle backends are rolled back.",
    };

    internal static string MethodOf(Proposal proposal) => proposal.Parameters.GetValueOrDefault("method") ?? "rolling";

    /// <summary>The pool named; otherwise the one called like the target; otherwise the only one; otherwise nothing.</summary>
    internal static string NameIn(Proposal proposal, IReadOnlyCollection<string> known) =>
        proposal.Parameters.GetValueOrDefault("pool") ?? (known.Contains(proposal.Target.Name) ? proposal.Target.Name : known.Count == 1 ? known.First() : "");
}
