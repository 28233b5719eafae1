using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class RollbackRolloutTests
{
    [Fact]
    public async Task RollbackRollout_OfABadImage_GoesBackAndForthAgainOnUndo()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 2);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"registry.invalid/no:1","env":[{"name":"DB_PASSWORD","value":"hunter2"}]}]}}}}""");
        await cluster.UntilAsync(target, state => state.RollingOut && state.Pods.SelectMany(pod => pod.Containers).Any(container => container.WaitingReason is "ErrImagePull" or "ImagePullBackOff"), "a failed pull");
        var plan = await PlanAsync(cluster, "rollback-rollout", target);
        plan.Diff.ShouldContain("Back to revision 1.");
        plan.Diff.ShouldContain("-        image: registry.invalid/no:1\n");
        plan.Diff.ShouldContain("+        image: busybox\n");
        plan.Diff.ShouldNotContain("hunter2");
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Healthy && state.Ready == 2 && state.Revision == "3", "health on the old template");
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Deployment, "web"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>().ShouldBe("registry.invalid/no:1");
    }

    [Theory]
    [InlineData("StatefulSet")]
    [InlineData("DaemonSet")]
    public async Task RollbackRollout_OfASetStuckOnABadImage_BringsItsPodsBack(string kind)
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target(kind, "set");
        await cluster.CreateAsync(ApiKind.Find(kind)!, Manifests.Workload(kind, "set", 1, extraPod: """{"nodeSelector":{"kubernetes.io/hostname":"node1"}}"""));
        await cluster.UntilAsync(target, state => state.Healthy && state.Ready == 1, "health");
        await cluster.PatchAsync(ApiKind.Find(kind)!, "set", """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"registry.invalid/no:1"}]}}}}""");
        await cluster.UntilAsync(target, state => state.Pods.SelectMany(pod => pod.Containers).Any(container => container.WaitingReason is "ErrImagePull" or "ImagePullBackOff"), "a failed pull");
        var plan = await PlanAsync(cluster, "rollback-rollout", target);
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Ready == 1 && state.Pods is [{ Ready: true, Containers: [{ Image: "busybox" }] }], "the old image");
    }

    [Fact]
    public async Task RollbackRollout_FirstRevision_IsBlocked()
    {
        await using var cluster = await OpenRestrictedAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web"));
        var target = cluster.Target("Deployment", "web");
        await cluster.UntilAsync(target, state => state.Revision == "1", "the first revision");
        (await PlanAsync(cluster, "rollback-rollout", target)).Blockers.ShouldHaveSingleItem().ShouldContain("no earlier revision");
    }
}
