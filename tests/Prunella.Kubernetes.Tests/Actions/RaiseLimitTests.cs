using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class RaiseLimitTests
{
    [Fact]
    public async Task RaiseMemoryLimit_OfAnOutOfMemoryKilledPod_LetsItLive()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "hungry");
        // The first process itself keeps the memory, so that each of its runs ends alike: what a child or a volume of the pod keeps
        // may outlast the kill, and then the runtime cannot even start the next run.
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "hungry", 1, "mkfifo /tmp/f; (sleep 2; head -c 30000000 /dev/zero; sleep 1000000) > /tmp/f & exec tail /tmp/f", memory: "24Mi"));
        await cluster.PatchAsync(ApiKind.Deployment, "hungry", """{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}""");
        await cluster.UntilAsync(target, state => state.Pods.SelectMany(pod => pod.Containers).Any(container => container is { LastTerminationReason: "OOMKilled", MemoryLimit: 24 << 20 }), "an out-of-memory kill");
        var plan = await PlanAsync(cluster, "raise-memory-limit", target, ("factor", "3"), ("max-limit", "128Mi"));
        plan.Diff.ShouldContain("-            memory: 24Mi\n+            memory: 72Mi");
        plan.CumulativeGrowth.ShouldBe(3);
        plan.Undo!.Summary.ShouldContain("24Mi");
        await ExecuteAsync(cluster, plan);
        var healed = await cluster.UntilAsync(target, state => state.Healthy && state.Pods is [{ Ready: true, Containers: [{ MemoryLimit: 72 << 20, Restarts: 0 }] }], "life");
        healed.Annotations["prunella.dev/original-memory-limit"].ShouldContain("24Mi");
        (await PlanAsync(cluster, "raise-memory-limit", target, ("factor", "1.5"))).CumulativeGrowth.ShouldBe(4.5);
        (await PlanAsync(cluster, "raise-memory-limit", target, ("max-limit", "80Mi"))).Blockers.ShouldHaveSingleItem().ShouldContain("max-limit");
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.Deployment, "hungry"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!["memory"]!.GetValue<string>().ShouldBe("24Mi");
    }

    [Fact]
    public async Task RaiseMemoryLimit_WithoutRoomLimitOrSuspect_IsBlocked()
    {
        await using var cluster = await OpenRestrictedAsync();
        await HealthyAsync(cluster, "big", 1, memory: "20Gi");
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "big"), ("factor", "4"))).Blockers.ShouldHaveSingleItem().ShouldContain("No room");
        await HealthyAsync(cluster, "free", 1);
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "free"))).Blockers.ShouldHaveSingleItem().ShouldContain("no memory limit");
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "free"), ("container", "ghost"))).Blockers.ShouldHaveSingleItem().ShouldContain("no container ghost");
    }

    [Fact]
    public async Task RaiseCpuLimit_ThenUndo_ChangesTheLimitAndPutsItBack()
    {
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"cpu":"100m"},"requests":{"cpu":"100m"}}}]}}}}""");
        await cluster.UntilAsync(target, state => state.Healthy && state.Pods is [{ Containers: [{ CpuLimit: 0.1 }] }], "the limit");
        var plan = await PlanAsync(cluster, "raise-cpu-limit", target, ("factor", "2"));
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Healthy && state.Pods is [{ Containers: [{ CpuLimit: 0.2 }] }], "the raised limit");
        var resources = (await cluster.FindAsync(ApiKind.Deployment, "web"))!["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!;
        resources["requests"]!["cpu"]!.GetValue<string>().ShouldBe("200m", "the guaranteed class is kept");
        await UndoTwiceAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Healthy && state.Pods is [{ Containers: [{ CpuLimit: 0.1 }] }], "the former limit");
    }
}
