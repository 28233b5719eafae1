using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class RaiseConnectionLimitTests
{
    private static async Task<string> EnvironmentAsync(RealCluster cluster, string name) =>
        (await cluster.FindAsync(ApiKind.Deployment, name))!["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == "DB_POOL_MAX")!["value"]!.GetValue<string>();

    [Fact]
    public async Task RaiseConnectionLimit_OnlyVariableNamedLikeAPool_IsFoundRaisedAndPutBack()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "api");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api"));
        await cluster.PatchAsync(ApiKind.Deployment, "api", """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"DB_POOL_MAX","value":"20"},{"name":"REGION","value":"eu"}]}]}}}}""");
        await cluster.UntilAsync(target, state => state.Healthy, "health");
        var plan = await PlanAsync(cluster, "raise-connection-limit", target);
        plan.CumulativeGrowth.ShouldBe(1.5);
        await ExecuteAsync(cluster, plan);
        (await EnvironmentAsync(cluster, "api")).ShouldBe("30");
        await UndoTwiceAsync(cluster, plan);
        (await EnvironmentAsync(cluster, "api")).ShouldBe("20");
        (await PlanAsync(cluster, "raise-connection-limit", target, ("variable", "REGION"))).Blockers.ShouldHaveSingleItem().ShouldContain("no number");
        (await PlanAsync(cluster, "raise-connection-limit", target, ("max", "25"))).Blockers.ShouldHaveSingleItem().ShouldContain("bound is 25");
    }

    [Fact]
    public async Task RaiseConnectionLimit_InAConfigMap_ChangesItRestartsAndPutsBothBack()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "api");
        await cluster.CreateAsync(ApiKind.ConfigMap, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "settings" }, ["data"] = new JsonObject { ["pool.max"] = "10", ["other"] = "x" } });
        await cluster.CreateAsync(ApiKind.ConfigMap, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "foreign" }, ["data"] = new JsonObject { ["pool.max"] = "10" } });
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api", extraPod: """{"volumes":[{"name":"settings","configMap":{"name":"settings"}}]}"""));
        var before = await cluster.UntilAsync(target, state => state.Healthy && state.Pods.Count == 1, "health");
        (await PlanAsync(cluster, "raise-connection-limit", target)).Blockers.ShouldHaveSingleItem().ShouldContain("cannot be told");
        (await PlanAsync(cluster, "raise-connection-limit", target, ("config-map", "foreign"), ("key", "pool.max"))).Blockers.ShouldHaveSingleItem().ShouldContain("does not use");
        var plan = await PlanAsync(cluster, "raise-connection-limit", target, ("config-map", "settings"), ("key", "pool.max"), ("value", "25"));
        plan.Objects.Count.ShouldBe(2);
        await ExecuteAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.ConfigMap, "settings"))!["data"]!["pool.max"]!.GetValue<string>().ShouldBe("25");
        await cluster.UntilAsync(target, state => state.Healthy && state.Pods is [var pod] && pod.Uid != before.Pods[0].Uid, "a new pod");
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.ConfigMap, "settings"))!["data"]!["pool.max"]!.GetValue<string>().ShouldBe("10");
    }

    [Fact]
    public async Task RaiseConnectionLimit_WorkloadChangedMeanwhile_LeavesTheConfigMapAsItWas()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "api");
        await cluster.CreateAsync(ApiKind.ConfigMap, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "settings" }, ["data"] = new JsonObject { ["pool.max"] = "10" } });
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "api", extraPod: """{"volumes":[{"name":"settings","configMap":{"name":"settings"}}]}"""));
        await cluster.UntilAsync(target, state => state.Healthy, "health");
        var plan = await PlanAsync(cluster, "raise-connection-limit", target, ("config-map", "settings"), ("key", "pool.max"));
        await cluster.PatchAsync(ApiKind.Deployment, "api", """{"spec":{"minReadySeconds":1}}""");
        (await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation)).Kind.ShouldBe(Incidents.Actions.EffectKind.PreconditionFailed);
        (await cluster.FindAsync(ApiKind.ConfigMap, "settings"))!["data"]!["pool.max"]!.GetValue<string>().ShouldBe("10");
    }
}
