using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class NodeActionTests
{
    private static Target Node(string name) => new(Target.DefaultCluster, "", "Node", name);

    private static string On(string node, string more = "") => $"{{{HollowNode.PodOn(node)}{more}}}";

    [Fact]
    public async Task CordonNode_ThenUndo_KeepsPodsAwayForATime()
    {
        await using var cluster = await OpenRestrictedAsync();
        var node = await HollowNode.StartAsync(cluster);
        var plan = await PlanAsync(cluster, "cordon-node", Node(node));
        plan.Diff.ShouldContain("+  unschedulable: true");
        await ExecuteAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"]!.GetValue<bool>().ShouldBeTrue();
        (await PlanAsync(cluster, "cordon-node", Node(node))).Blockers.ShouldHaveSingleItem().ShouldContain("already so");
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"].ShouldBeNull();
        (await PlanAsync(cluster, "cordon-node", Node("no-such-node"))).Blockers.ShouldHaveSingleItem().ShouldContain("no node");
    }

    [Fact]
    public async Task UncordonNode_ThenUndo_TakesPodsForATime()
    {
        await using var cluster = await OpenRestrictedAsync();
        var node = await HollowNode.StartAsync(cluster);
        (await PlanAsync(cluster, "uncordon-node", Node(node))).Blockers.ShouldHaveSingleItem().ShouldContain("already so");
        await cluster.PatchAsync(ApiKind.Node, node, """{"spec":{"unschedulable":true}}""");
        var plan = await PlanAsync(cluster, "uncordon-node", Node(node));
        plan.Diff.ShouldContain("-  unschedulable: true");
        await ExecuteAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"].ShouldBeNull();
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"]!.GetValue<bool>().ShouldBeTrue();
        (await PlanAsync(cluster, "uncordon-node", Node("no-such-node"))).Blockers.ShouldHaveSingleItem().ShouldContain("no node");
    }

    [Fact]
    public async Task DrainNode_WithABudgetThatLetsGo_EvictsAllButDaemonSets()
    {
        await using var cluster = await OpenRestrictedAsync();
        var node = await HollowNode.StartAsync(cluster);
        var target = cluster.Target("Deployment", "web");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 2, extraPod: On(node)));
        await cluster.CreateAsync(ApiKind.DaemonSet, Manifests.Workload("DaemonSet", "agent", extraPod: On(node)));
        var before = await cluster.UntilAsync(target, state => state.Ready == 2, "two ready pods");
        await cluster.UntilAsync(cluster.Target("DaemonSet", "agent"), state => state.Ready == 1, "the agent");
        var budgets = new ApiKind("PodDisruptionBudget", "policy/v1beta1", "poddisruptionbudgets");
        await cluster.CreateAsync(budgets, Manifests.Budget("web", 2));
        await cluster.UntilAsync(async () => (await cluster.FindAsync(budgets, "web"))?["status"]?["currentHealthy"]?.GetValue<int>() == 2, "the budget to be counted");

        var held = await PlanAsync(cluster, "drain-node", Node(node));
        held.Blockers.ShouldBeEmpty();
        held.DisruptionAllowed.ShouldBe(false);
        held.Diff.ShouldContain("Disruption budgets refuse now");

        await cluster.PatchAsync(budgets, "web", """{"spec":{"minAvailable":0}}""");
        await cluster.UntilAsync(async () => (await cluster.FindAsync(budgets, "web"))?["status"]?["disruptionsAllowed"]?.GetValue<int>() == 2, "the budget to let go");
        var plan = await PlanAsync(cluster, "drain-node", Node(node));
        plan.DisruptionAllowed.ShouldBe(true);
        (plan.PodsAffected, plan.WorkloadsAffected).ShouldBe((2, 1));
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Pods.All(pod => before.Pods.All(old => old.Uid != pod.Uid)), "the pods to be gone");
        (await cluster.StateAsync(cluster.Target("DaemonSet", "agent"))).Pods.ShouldHaveSingleItem().Terminating.ShouldBeFalse();
        await UndoTwiceAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Ready == 2, "pods on the node again");
    }

    [Fact]
    public async Task DrainNode_BarePodsAndLocalFiles_AreBlockers()
    {
        await using var cluster = await OpenRestrictedAsync();
        var node = await HollowNode.StartAsync(cluster);
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "files", 1, extraPod: On(node, ",\"volumes\":[{\"name\":\"scratch\",\"emptyDir\":{}}]")));
        await cluster.UntilAsync(cluster.Target("Deployment", "files"), state => state.Pods is [{ Node.Length: > 0 }], "a placed pod");
        (await PlanAsync(cluster, "drain-node", Node(node))).Blockers.ShouldHaveSingleItem().ShouldContain("keeps files");
        (await PlanAsync(cluster, "drain-node", Node(node), ("local-storage", "true"))).Blockers.ShouldBeEmpty();
        var pod = (System.Text.Json.Nodes.JsonObject)Manifests.Workload("Deployment", "bare", extraPod: On(node))["spec"]!["template"]!["spec"]!.DeepClone();
        await cluster.CreateAsync(ApiKind.Pod, new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "bare" }, ["spec"] = pod });
        await cluster.UntilAsync(cluster.Target("Pod", "bare"), state => state.Pods is [{ Node.Length: > 0 }], "a placed bare pod");
        var blocked = await PlanAsync(cluster, "drain-node", Node(node), ("local-storage", "true"));
        blocked.Blockers.ShouldHaveSingleItem().ShouldContain("no controller");
        (await cluster.Driver.ExecuteAsync(blocked, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
        (await cluster.FindAsync(ApiKind.Node, node))!["spec"]!["unschedulable"].ShouldBeNull();
    }
}
