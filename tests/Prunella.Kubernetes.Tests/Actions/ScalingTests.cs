using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class ScalingTests
{
    [Fact]
    public async Task ScaleUp_ThenUndo_AddsAndTakesBack()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target, ("by", "2"));
        plan.CumulativeGrowth.ShouldBe(3);
        plan.Diff.ShouldContain("-  replicas: 1\n+  replicas: 3");
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Ready == 3, "three ready");
        var further = await PlanAsync(cluster, "scale-up", target, ("by", "1"));
        further.CumulativeGrowth.ShouldBe(4, "growth counts from before the first step");
        await UndoTwiceAsync(cluster, plan);
        (await cluster.StateAsync(target)).Desired.ShouldBe(1);
        (await cluster.FindAsync(ApiKind.Deployment, "web"))!["metadata"]!["annotations"]!["prunella.dev/original-replicas"].ShouldBeNull();
    }

    [Fact]
    public async Task ScaleUp_OutOfBoundsOrAutoscaled_IsBlocked()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 1));
        (await PlanAsync(cluster, "scale-up", target, ("by", "25"))).Blockers.ShouldHaveSingleItem().ShouldContain("the bound is 20");
        (await PlanAsync(cluster, "scale-up", target, ("by", "0"))).Blockers.ShouldHaveSingleItem().ShouldContain("at least 1");
        (await PlanAsync(cluster, "scale-up", target, ("to", "3"))).Blockers.ShouldHaveSingleItem().ShouldContain("no parameter 'to'");
        await cluster.CreateAsync(ApiKind.HorizontalPodAutoscaler, (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"metadata":{"name":"web"},"spec":{"maxReplicas":4,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""")!);
        (await PlanAsync(cluster, "scale-up", target)).Blockers.ShouldHaveSingleItem().ShouldContain("HorizontalPodAutoscaler web");
        (await PlanAsync(cluster, "scale-up", cluster.Target("DaemonSet", "web"))).Blockers.ShouldHaveSingleItem().ShouldContain("applies to");
        (await PlanAsync(cluster, "scale-up", cluster.Target("Deployment", "nobody"))).Blockers.ShouldHaveSingleItem().ShouldContain("does not exist");
    }

    [Fact]
    public async Task ScaleUp_FromZero_NeedsToBeToldHowMany()
    {
        await using var cluster = await OpenRestrictedAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 0));
        (await PlanAsync(cluster, "scale-up", cluster.Target("Deployment", "web"))).Blockers.ShouldHaveSingleItem().ShouldContain("parameter replicas");
        var told = await PlanAsync(cluster, "scale-up", cluster.Target("Deployment", "web"), ("replicas", "2"));
        told.Blockers.ShouldBeEmpty();
        told.CumulativeGrowth.ShouldBe(2);
    }

    [Fact]
    public async Task ScaleDown_ThenUndo_TakesAwayButNeverTheLast()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 3);
        var plan = await PlanAsync(cluster, "scale-down", target, ("by", "2"));
        (plan.PodsAffected, plan.PodsTotal).ShouldBe((2, 3));
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Pods.Count == 1, "one pod");
        (await PlanAsync(cluster, "scale-down", target)).Blockers.ShouldHaveSingleItem().ShouldContain("at least 1");
        await UndoTwiceAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Ready == 3, "three again");
    }
}
