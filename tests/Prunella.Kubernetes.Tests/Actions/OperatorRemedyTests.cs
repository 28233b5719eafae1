using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using Prunella.Kubernetes.Tests.Watch;

namespace Prunella.Kubernetes.Tests.Actions;

/// <summary>adjust-pdb, adjust-probe, clean-up-pods and await-repair on a sandbox cluster; remains of pods only a real kubelet leaves.</summary>
public class OperatorRemedyTests
{
    private const string Guarded =
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: api, namespace: default}
        spec: {minAvailable: 2, selector: {matchLabels: {app: api}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: api, namespace: default}
        spec:
          replicas: 2
          selector: {matchLabels: {app: api}}
          template:
            metadata: {labels: {app: api}}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: app, image: busybox, command: [sleep, "100000"], readinessProbe: {exec: {command: ["true"]}, timeoutSeconds: 1}}]
        """;

    private static readonly Target Budget = new("default", "default", "PodDisruptionBudget", "api");
    private static readonly Target Api = new("default", "default", "Deployment", "api");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AdjustPdb_LetsOnePodBeAway_AndIsUndone()
    {
        await using var world = await GuardedAsync();
        var driver = Driver(world);
        var plan = await driver.PlanAsync(RealCluster.Propose("adjust-pdb", Budget), Cancellation);
        plan.Blockers.ShouldBeEmpty();

        await ExecuteAsync(driver, plan);
        (await SpecAsync(world)).ToJsonString().ShouldContain("\"maxUnavailable\":1");
        (await SpecAsync(world)).ContainsKey("minAvailable").ShouldBeFalse();

        (await driver.UndoAsync(plan.Undo!, RealCluster.NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        (await SpecAsync(world))["minAvailable"]!.GetValue<int>().ShouldBe(2);
        (await SpecAsync(world)).ContainsKey("maxUnavailable").ShouldBeFalse();
    }

    [Fact]
    public async Task AdjustPdb_ThatWouldProtectNothing_IsBlocked()
    {
        await using var world = await GuardedAsync();

        var plan = await Driver(world).PlanAsync(RealCluster.Propose("adjust-pdb", Budget, ("max-unavailable", "2")), Cancellation);

        plan.Blockers.ShouldHaveSingleItem().ShouldContain("protect none");
    }

    [Fact]
    public async Task AdjustProbe_ChangesOnlyTheTiming_AndIsUndone()
    {
        await using var world = await GuardedAsync();
        var driver = Driver(world);
        var plan = await driver.PlanAsync(RealCluster.Propose("adjust-probe", Api, ("container", "app"), ("probe", "readiness"), ("timeout-seconds", "3"), ("failure-threshold", "9")), Cancellation);
        plan.Blockers.ShouldBeEmpty();

        await ExecuteAsync(driver, plan);
        var probe = await ProbeAsync(world);
        (probe["timeoutSeconds"]!.GetValue<int>(), probe["failureThreshold"]!.GetValue<int>()).ShouldBe((3, 9));
        probe["exec"]!["command"]!.ToJsonString().ShouldBe("[\"true\"]");

        (await driver.UndoAsync(plan.Undo!, RealCluster.NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        (await ProbeAsync(world))["timeoutSeconds"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("app", "liveness", "no liveness probe")]
    [InlineData("other", "readiness", "no container other")]
    [InlineData("app", "any", "liveness, readiness or startup")]
    public async Task AdjustProbe_OfWhatIsNotThere_IsBlocked(string container, string probe, string why)
    {
        await using var world = await GuardedAsync();

        var plan = await Driver(world).PlanAsync(RealCluster.Propose("adjust-probe", Api, ("container", container), ("probe", probe), ("timeout-seconds", "3")), Cancellation);

        plan.Blockers.ShouldHaveSingleItem().ShouldContain(why);
    }

    [Fact]
    public async Task CleanUpPods_RemovesWhatTheNodeEnded_AndNothingThatRuns()
    {
        await using var cluster = await RealCluster.OpenRestrictedAsync();
        await ActionScenario.HealthyAsync(cluster, "api", 2);
        var target = cluster.Target("Deployment", "api");
        (await cluster.Driver.PlanAsync(RealCluster.Propose("clean-up-pods", target), Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain("no pod that a node has ended");
        var before = (await cluster.StateAsync(target)).Pods.Select(pod => pod.Name).ToList();
        // As a kubelet writes it that saves itself. This one does not know of it, and may write what it thinks again.
        var ended = new V1Patch("""{"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory."}}""", V1Patch.PatchType.MergePatch);
        ActionPlan plan;
        var tries = 0;
        do
        {
            await cluster.Api.Client.CoreV1.PatchNamespacedPodStatusAsync(ended, before[0], cluster.Namespace, cancellationToken: Cancellation);
            plan = await cluster.Driver.PlanAsync(RealCluster.Propose("clean-up-pods", target), Cancellation);
            if (plan.Objects.Count == 0) await Task.Delay(200, Cancellation);
        }
        while (plan.Objects.Count == 0 && ++tries < 300);
        plan.Blockers.ShouldBeEmpty();
        plan.Objects.Select(pod => pod.Name).ShouldBe([before[0]]);
        await ActionScenario.ExecuteAsync(cluster, plan);

        var after = await cluster.UntilAsync(target, state => state.Pods.Count == 2, "the remains to go");
        after.Pods.Select(pod => pod.Name).ShouldContain(before[1]);
    }

    [Fact]
    public async Task AwaitRepair_WritesNothing()
    {
        await using var world = await GuardedAsync();
        var driver = Driver(world);
        var plan = await driver.PlanAsync(RealCluster.Propose("await-repair", Api), Cancellation);
        var version = (await world.Api.GetAsync(ApiKind.Deployment, "default", "api", Cancellation))["metadata"]!["resourceVersion"]!.GetValue<string>();

        (await driver.ExecuteAsync(plan, RealCluster.NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Applied);

        (await world.Api.GetAsync(ApiKind.Deployment, "default", "api", Cancellation))["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe(version);
        plan.Undo.ShouldBeNull();
    }

    private static async Task<OperatorWorld> GuardedAsync()
    {
        var world = await OperatorWorld.StartAsync();
        await world.Cluster.ApplyAsync(Guarded, Cancellation);
        await world.Cluster.WaitAsync("deployments", "default", "api", found => found?["status"]?["readyReplicas"]?.GetValue<long>() == 2, TimeSpan.FromMinutes(2), Cancellation);
        await world.Cluster.WaitAsync("poddisruptionbudgets", "default", "api", found => found?["status"]?["expectedPods"]?.GetValue<long>() == 2, TimeSpan.FromMinutes(2), Cancellation);
        return world;
    }

    private static async Task ExecuteAsync(IActionDriver driver, ActionPlan plan)
    {
        var execution = RealCluster.NewExecution();
        var persisted = System.Text.Json.JsonSerializer.Deserialize<ActionPlan>(System.Text.Json.JsonSerializer.Serialize(plan))!;
        var effect = await driver.ExecuteAsync(persisted, execution, Cancellation);
        effect.Kind.ShouldBe(EffectKind.Applied, effect.Text);
        (await driver.ObserveAsync(persisted, execution, Cancellation)).Kind.ShouldBe(ObservationKind.Applied);
    }

    private static IActionDriver Driver(OperatorWorld world) => world.Services.GetRequiredService<IActionDriver>();

    private static async Task<JsonObject> SpecAsync(OperatorWorld world) => (JsonObject)(await world.Api.GetAsync(ApiKind.PodDisruptionBudget, "default", "api", Cancellation))["spec"]!;

    private static async Task<JsonNode> ProbeAsync(OperatorWorld world) => (await world.Api.GetAsync(ApiKind.Deployment, "default", "api", Cancellation))["spec"]!["template"]!["spec"]!["containers"]![0]!["readinessProbe"]!;
}
