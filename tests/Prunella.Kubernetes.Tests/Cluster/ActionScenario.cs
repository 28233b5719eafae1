using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Cluster;

/// <summary>The steps that the tests of all actions share.</summary>
internal static class ActionScenario
{
    internal static async Task<WorkloadState> HealthyAsync(RealCluster cluster, string name, int replicas = 1, string kind = "Deployment", string? memory = null)
    {
        await cluster.CreateAsync(ApiKind.Find(kind)!, Manifests.Workload(kind, name, replicas, memory: memory));
        return await cluster.UntilAsync(cluster.Target(kind, name), state => state.Healthy && state.Ready == replicas && state.Pods.Count == replicas, "health");
    }

    internal static async Task<ActionPlan> PlanAsync(RealCluster cluster, string action, Target target, params (string, string)[] parameters)
    {
        var plan = await cluster.Driver.PlanAsync(Propose(action, target, parameters), Cancellation);
        // What is executed is what was persisted, not what was held in memory.
        return System.Text.Json.JsonSerializer.Deserialize<ActionPlan>(System.Text.Json.JsonSerializer.Serialize(plan))!;
    }

    internal static async Task<ExecutionId> ExecuteAsync(RealCluster cluster, ActionPlan plan)
    {
        plan.Blockers.ShouldBeEmpty();
        var execution = NewExecution();
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);
        var effect = await cluster.Driver.ExecuteAsync(plan, execution, Cancellation);
        effect.Kind.ShouldBe(EffectKind.Applied, effect.Text);
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.Applied);
        return execution;
    }

    internal static async Task UndoTwiceAsync(RealCluster cluster, ActionPlan plan)
    {
        var undo = plan.Undo.ShouldNotBeNull();
        for (var time = 0; time < 2; time++)
        {
            var effect = await cluster.Driver.UndoAsync(undo, NewExecution(), Cancellation);
            effect.Kind.ShouldBe(EffectKind.Applied, effect.Text);
        }
    }

    internal static async Task<List<string>> EventsAsync(RealCluster cluster) =>
        [.. (await cluster.Api.ListAsync<JsonObject>(ApiKind.Event, cluster.Namespace, Cancellation)).Where(item => (string?)item["reason"] == "PrunellaAction").Select(item => (string?)item["message"] ?? "")];
}
