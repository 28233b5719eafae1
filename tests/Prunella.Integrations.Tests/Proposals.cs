using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Tests;

/// <summary>Makes proposals and execution ids.</summary>
internal static class Proposals
{
    internal static Proposal Of(string action, string target, params (string Name, string Value)[] parameters) => new()
    {
        Incident = new IncidentId(new Guid("0199a1b2c3d47e5f8a9b0c1d2e3f4a5b")),
        Action = action,
        Target = new Target(Target.DefaultCluster, "shop", "Cache", target),
        Parameters = new SortedDictionary<string, string>(parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), StringComparer.Ordinal),
        Cause = "test",
        Confidence = 0.9,
        ProposedBy = "playbook:test",
        Why = "A test.",
    };

    internal static ExecutionId Execution(int number) => new(new Guid(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]));

    /// <summary>The plan as it comes back from storage.</summary>
    internal static ActionPlan Stored(this ActionPlan plan) => System.Text.Json.JsonSerializer.Deserialize<ActionPlan>(System.Text.Json.JsonSerializer.Serialize(plan))!;
}
