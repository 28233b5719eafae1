using System.Text.Json.Nodes;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Tests.Kubelet;

/// <summary>What takes minutes in a real cluster, on a clock the test moves.</summary>
public sealed class ClockTests
{
    private static string Pod(string name, string script, string extra = "") =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - {{name: c, image: busybox, command: [sh, -c, \"{script}\"]{extra}}}\n";

    private static JsonObject? Status(FakeClockCluster fake, string pod) => fake.Cluster.Store.Find(ResourceCatalogue.Pods, "default", pod)?.Body.Items("status", "containerStatuses").FirstOrDefault();

    [Fact]
    public async Task CrashLoop_Delays_DoubleFromTenSecondsToFiveMinutes()
    {
        await using var fake = await FakeClockCluster.StartAsync();
        await fake.Cluster.ApplyAsync(Pod("p", "exit 1"), TestContext.Current.CancellationToken);
        var delays = new List<string>();
        for (var second = 0; second < 1_500; second++)
        {
            await fake.PassAsync(1);
            var message = Status(fake, "p").Text("state", "waiting", "message");
            if (message?.StartsWith("back-off ", StringComparison.Ordinal) == true && message.Split(' ')[1] is var delay && !delays.Contains(delay)) delays.Add(delay);
        }

        delays.ShouldBe(["10s", "20s", "40s", "1m20s", "2m40s", "5m0s"]);
    }

    [Fact]
    public async Task CrashLoop_RunLongEnough_StartsOver()
    {
        await using var fake = await FakeClockCluster.StartAsync();
        await fake.Cluster.ApplyAsync(Pod("p", "sleep 5; exit 1"), TestContext.Current.CancellationToken);
        (await fake.PassUntilAsync(() => Status(fake, "p").Text("state", "waiting", "message")?.StartsWith("back-off 40s", StringComparison.Ordinal) == true, 200)).ShouldBeTrue();
        await using var steady = await FakeClockCluster.StartAsync();
        await steady.Cluster.ApplyAsync(Pod("p", "sleep 700; exit 1"), TestContext.Current.CancellationToken);
        (await steady.PassUntilAsync(() => Status(steady, "p").Number("restartCount") == 3, 2_200)).ShouldBeTrue();
        (Status(steady, "p").Text("state", "waiting", "message") ?? "back-off 10s").ShouldStartWith("back-off 10s");
    }

    [Fact]
    public async Task ImageThatNeverComes_StaysTheReason_WhileItIsPulledAgain()
    {
        await using var fake = await FakeClockCluster.StartAsync(new SandboxOptions { ImagePullTime = TimeSpan.FromSeconds(5) });
        await fake.Cluster.ApplyAsync("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: registry.invalid/never:1}\n", TestContext.Current.CancellationToken);
        var reasons = new List<string>();
        for (var second = 0; second < 240; second++)
        {
            await fake.PassAsync(1);
            if (Status(fake, "p").Text("state", "waiting", "reason") is { } reason && reason != reasons.LastOrDefault()) reasons.Add(reason);
        }

        reasons[0].ShouldBe("ContainerCreating");
        reasons.Skip(1).Distinct().ShouldBe(["ErrImagePull", "ImagePullBackOff"]);
        fake.Cluster.Store.List(ResourceCatalogue.Events).Single(item => item.Body.Text("reason") == "Pulling").Body.Number("count").GetValueOrDefault().ShouldBeGreaterThan(3);

        fake.Cluster.Behaviours.Add("registry.invalid/never:1", new AppBehaviour());
        (await fake.PassUntilAsync(() => Status(fake, "p").At("state", "running") is not null, 330)).ShouldBeTrue();
    }

    [Fact]
    public async Task Node_Silent_IsTaintedAndItsPodsMoveAfterTheirToleration()
    {
        await using var fake = await FakeClockCluster.StartAsync();
        await fake.Cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec:
              replicas: 3
              selector: {matchLabels: {app: d}}
              template:
                metadata: {labels: {app: d}}
                spec:
                  containers: [{name: c, image: nginx}]
            """, TestContext.Current.CancellationToken);
        await fake.PassAsync(5);
        int On(string node, bool deleting) => fake.Cluster.Store.List(ResourceCatalogue.Pods).Count(pod => pod.Body.Text("spec", "nodeName") == node && pod.Body.Deleting() == deleting);
        On("node-2", false).ShouldBe(1);
        fake.Cluster.Faults.SilenceNode("node-2");
        await fake.PassAsync(30);
        fake.Cluster.Gauges.Nodes().Single(node => node.Node == "node-2").Ready.ShouldBeFalse();
        fake.Cluster.Store.Find(ResourceCatalogue.Nodes, "", "node-2")!.Body.Items("spec", "taints").Select(taint => taint.Text("effect")).ShouldBe(["NoSchedule", "NoExecute"]);
        On("node-2", false).ShouldBe(1, "the pod tolerates an unreachable node for five minutes");
        await fake.PassAsync(330);
        On("node-2", false).ShouldBe(0);
        fake.Cluster.Store.Find(ResourceCatalogue.Deployments, "default", "d")!.Body.Number("status", "availableReplicas").ShouldBe(3);
        fake.Cluster.Faults.RestoreNode("node-2");
        await fake.PassAsync(60);
        fake.Cluster.Gauges.Nodes().ShouldAllBe(node => node.Ready);
        On("node-2", true).ShouldBe(0, "the returned kubelet finishes the deletion");
    }

    [Fact]
    public async Task MemoryLeak_OneLongJump_IsCaughtUpEventByEvent()
    {
        await using var fake = await FakeClockCluster.StartAsync();
        fake.Cluster.Behaviours.Add("leaky", new AppBehaviour { MemoryBytes = 100 << 20, MemoryGrowthBytesPerSecond = 1 << 20 });
        await fake.Cluster.ApplyAsync("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: leaky, resources: {limits: {memory: 200Mi}}}\n", TestContext.Current.CancellationToken);
        await fake.PassAsync(450); // one hundred seconds a life
        Status(fake, "p").Number("restartCount").GetValueOrDefault().ShouldBeInRange(3, 4);
        Status(fake, "p").Text("lastState", "terminated", "reason").ShouldBe("OOMKilled");
        fake.Cluster.Store.List(ResourceCatalogue.Events).ShouldContain(item => item.Body["reason"]!.GetValue<string>() == "OOMKilling");
    }

    [Fact]
    public async Task Autoscaler_LoadRisesAndFalls_ReplicasFollowWithinBounds()
    {
        await using var fake = await FakeClockCluster.StartAsync();
        fake.Cluster.Behaviours.Add("busy", new AppBehaviour { RequestsPerSecond = 100, CpuCoresPerRequest = 0.001 });
        await fake.Cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec:
              replicas: 1
              selector: {matchLabels: {app: d}}
              template:
                metadata: {labels: {app: d}}
                spec:
                  containers: [{name: c, image: busy, resources: {requests: {cpu: 200m}}}]
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: d}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}
              minReplicas: 1
              maxReplicas: 4
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]
            """, TestContext.Current.CancellationToken);
        var workload = WorkloadName.Deployment("default", "d");
        long? Replicas() => fake.Cluster.Store.Find(ResourceCatalogue.Deployments, "default", "d")!.Body.Number("spec", "replicas");
        await fake.PassAsync(60);
        Replicas().ShouldBe(1);
        fake.Cluster.Faults.RaiseLoad(workload, 8);
        (await fake.PassUntilAsync(() => Replicas() == 4, 180)).ShouldBeTrue();
        fake.Cluster.Faults.ClearAll();
        await fake.PassAsync(120);
        Replicas().ShouldBe(4, "scaling down waits five minutes");
        (await fake.PassUntilAsync(() => Replicas() == 1, 600)).ShouldBeTrue();
    }

    [Fact]
    public async Task EqualSeeds_GiveEqualClusters()
    {
        async Task<string> Play()
        {
            await using var fake = await FakeClockCluster.StartAsync(new SandboxOptions { Seed = 42 });
            await fake.Cluster.ApplyAsync(Pod("p", "exit 1"), TestContext.Current.CancellationToken);
            for (var second = 0; second < 60; second++) await fake.PassAsync(1);
            return string.Join('\n', fake.Cluster.Store.List(ResourceCatalogue.Events).Select(item => item.Body["reason"] + " " + item.Body["count"] + " " + item.Uid));
        }

        (await Play()).ShouldBe(await Play());
    }
}
