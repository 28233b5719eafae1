using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Kubernetes.Tests.Watch;

/// <summary>What the operator notices on a sandbox cluster, and what it makes of its own failures.</summary>
public class ClusterOperatorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CrashLoop_IsSignalledOnce_AndResolvedWhenItIsOver()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.DeployAsync("api");
        (await world.SignalsAsync()).ShouldBeEmpty("a start and a rollout are no trouble");
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 2, "busybox", "sleep 1; exit 1"), Cancellation);

        var signal = await world.UntilSignalAsync("default/default/Deployment/api");

        signal.Source.ShouldBe("operator");
        signal.Label("namespace").ShouldBe("default");
        signal.Label("cause").ShouldBe(signal.Name);
        var workload = (await world.Operator.WorkloadsAsync(Cancellation)).ShouldNotBeNull().ShouldHaveSingleItem();
        (workload.Target.Key, workload.Desired, workload.IsUnwell).ShouldBe(("default/default/Deployment/api", 2, true));
        workload.Cause.ShouldNotBeNull();
        workload.Since.ShouldNotBeNull();
        workload.Summary.ShouldNotBeEmpty();
        await OperatorWorld.UntilAsync(async () =>
        {
            using var asking = new LiveWorkloads(world.Services.GetRequiredService<LiveSnapshots>(), world.Services.GetRequiredService<KubernetesOptions>(), TimeProvider.System);
            return (await asking.WorkloadsAsync(Cancellation)).ShouldNotBeNull().ShouldHaveSingleItem() is { Cause: not null, Desired: 2, IsUnwell: true } asked && asked.Target == workload.Target;
        }, "the API to tell the same where no operator is run");
        var noticed = DateTimeOffset.Parse(signal.Annotations["noticedAt"], CultureInfo.InvariantCulture);
        signal.StartsAt.ShouldBeLessThanOrEqualTo(noticed);

        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 2, "busybox", "sleep 100000"), Cancellation);
        var resolved = await world.UntilSignalAsync("default/default/Deployment/api", SignalStatus.Resolved);

        resolved.Series.ShouldBe((await world.SignalsAsync()).Last(known => known.Status == SignalStatus.Firing && known.Name == resolved.Name).Series);
        resolved.EndsAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(resolved.StartsAt);
        (await world.SignalsAsync()).Select(known => known.Identity).ShouldBeUnique();
    }

    [Fact]
    public async Task AStageRises_WhatStandsIsToldAgain_AndAFallTellsNothing()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("broken", 1, "registry.invalid/never:1", "x"), Cancellation);
        var first = await world.UntilSignalAsync("default/default/Deployment/broken");

        await SetStageAsync(world, Stage.Canary, percent: 5);
        await OperatorWorld.UntilAsync(async () => (await world.SignalsAsync()).Count == 3, "the second word");

        var told = await world.SignalsAsync();
        told.Select(signal => (signal.Status, signal.Name)).ShouldBe([(SignalStatus.Firing, first.Name), (SignalStatus.Resolved, first.Name), (SignalStatus.Firing, first.Name)]);
        told[2].StartsAt.ShouldBeGreaterThan(first.StartsAt);
        await SetStageAsync(world, Stage.Canary, percent: 50);
        await OperatorWorld.UntilAsync(async () => (await world.SignalsAsync()).Count == 5, "the third");

        await SetStageAsync(world, Stage.DryRun, percent: 5);
        await SetStageAsync(world, Stage.Full, percent: 5, scope: "elsewhere/*");
        // A trouble that comes after it: what was to be told of the stages has been told by then.
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Cancellation);
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("other", 1, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/other");
        var last = await world.SignalsAsync();
        last.Count(signal => signal.Label("target") == "default/default/Deployment/broken").ShouldBe(5, string.Join("\n", last.Select(signal => $"{signal.ReceivedAt:O} {signal.Status} {signal.Name} {signal.Summary}")));
    }

    private static async Task SetStageAsync(OperatorWorld world, Stage stage, int percent, string scope = "default/*")
    {
        var key = StageBook.KeyPrefix + scope;
        var version = (await world.Store.ReadSettingAsync(key, Cancellation))?.Version ?? 0;
        await world.Store.CommitAsync(new StoreChange { Settings = [new Setting(key, JsonSerializer.Serialize(new StageState(scope, stage, percent, DateTimeOffset.MinValue)), version)] }, Cancellation);
    }

    [Fact]
    public async Task ScaledToNoneAndUpAgain_NothingIsLost()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.DeployAsync("api", 4);

        await ScaleAsync(world, 0);
        await OperatorWorld.UntilAsync(async () => (await world.PodsAsync()).Count == 0, "the pods to end");
        await ScaleAsync(world, 3);
        // A trouble that comes after it: what was to be told of the scaling has been told by then.
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("broken", 1, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/broken");

        (await world.SignalsAsync()).ShouldAllBe(signal => signal.Label("target") == "default/default/Deployment/broken");
    }

    [Fact]
    public async Task PodsWaitForACordonedNode_TheNodeIsSignalled()
    {
        await using var world = await OperatorWorld.StartAsync();
        foreach (var node in (string[])["node-1", "node-2"])
            await world.Api.PatchAsync(ApiKind.Node, "", node, JsonNode.Parse("""{"spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule","timeAdded":"2026-01-01T00:00:00Z"}]}}""")!, dryRun: false, Cancellation);
        await OperatorWorld.UntilAsync(async () => (await world.Api.ListAsync<JsonObject>(ApiKind.Node, "", Cancellation)).TrueForAll(node => node["spec"]?["unschedulable"] is not null), "the cordons");

        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "busybox", "sleep 100000"), Cancellation);

        (await world.UntilSignalAsync("default//Node/node-1")).Name.ShouldBe("node-cordoned");
    }

    [Fact]
    public async Task NamespaceDoesNotEnd_IsSignalled_AndWhatEndsWithItIsNot()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.Cluster.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: old, finalizers: [shop.example/hold]}", Cancellation);
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("broken", 1, "registry.invalid/never:1", "x").Replace("namespace: default", "namespace: old", StringComparison.Ordinal), Cancellation);
        await world.Api.DeleteAsync(ApiKind.Namespace, "", "old", (await world.Api.GetAsync(ApiKind.Namespace, "", "old", Cancellation))["metadata"]!["uid"]!.GetValue<string>(), Cancellation);

        var signal = await world.UntilSignalAsync("default//Namespace/old");

        signal.Name.ShouldBe("stuck-terminating");
        (signal.ReceivedAt - signal.StartsAt).ShouldBeLessThan(TimeSpan.FromSeconds(75));
    }

    [Fact]
    public async Task ServiceOfAStatefulSetIsMissing_IsSignalledOnceItHadTimeToCome()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.Cluster.ApplyAsync(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: default}
            spec: {serviceName: db, replicas: 1, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, image: busybox, command: [sh, -c, "sleep 100000"]}]}}}
            """, Cancellation);

        var signal = await world.UntilSignalAsync("default/default/StatefulSet/db");

        signal.Name.ShouldBe("stateful-set-service-missing");
        var created = DateTimeOffset.Parse((await world.Api.GetAsync(new ApiKind("StatefulSet", "apps/v1", "statefulsets"), "default", "db", Cancellation))["metadata"]!["creationTimestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        (signal.ReceivedAt - created).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(15), "who applies it may apply the service next");
    }

    private static Task ScaleAsync(OperatorWorld world, int replicas) =>
        world.Api.PatchAsync(ApiKind.Deployment, "default", "api", JsonNode.Parse($$$"""{"spec":{"replicas":{{{replicas}}}}}""")!, dryRun: false, Cancellation);

    [Fact]
    public async Task BadImage_IsSignalled_BeforeTheOldPodsSuffer()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.DeployAsync("api");

        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 2, "registry.invalid/never:1", "x"), Cancellation);
        var signal = await world.UntilSignalAsync("default/default/Deployment/api");

        signal.Name.ShouldStartWith("image-");
        signal.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public async Task PodsAreDeleted_IsNoticedAsPodsLost_AndOverWhenTheyAreBack()
    {
        await using var world = await OperatorWorld.StartAsync();
        // Replacements that are ready at once may be well again before a busy machine has looked at what was lost.
        await world.DeployAsync("api", replicas: 3, readyAfterSeconds: 12);

        foreach (var pod in (await world.PodsAsync()).Take(2))
            await world.Api.DeleteAsync(ApiKind.Pod, "default", pod["metadata"]!["name"]!.GetValue<string>(), pod["metadata"]!["uid"]!.GetValue<string>(), Cancellation);
        var signal = await world.UntilSignalAsync("default/default/Deployment/api");

        signal.Name.ShouldBe("pods-lost");
        await world.UntilSignalAsync("default/default/Deployment/api", SignalStatus.Resolved);
    }

    [Fact]
    public async Task Restart_ThatFindsTheSameTrouble_SignalsNothingNew_AndStillTellsItsEnd()
    {
        var first = await OperatorWorld.StartAsync();
        await first.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "registry.invalid/never:1", "x"), Cancellation);
        var before = await first.UntilSignalAsync("default/default/Deployment/api");
        await OpenIncidentAsync(first, before);
        await first.StopAsync();

        await using var second = await OperatorWorld.StartAsync(cluster: first.Cluster, store: first.Store);
        await OperatorWorld.UntilAsync(() => second.Operator.TroubleCount == 1, "the trouble that stands");
        await second.Cluster.ApplyAsync(OperatorWorld.Manifest("other", 1, "registry.invalid/never:1", "x"), Cancellation);
        await second.UntilSignalAsync("default/default/Deployment/other");
        (await second.SignalsAsync()).ShouldNotContain(signal => signal.Status == SignalStatus.Firing && signal.Label("target") == "default/default/Deployment/api");

        await second.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "busybox", "sleep 100000"), Cancellation);
        (await second.UntilSignalAsync("default/default/Deployment/api", SignalStatus.Resolved)).Series.ShouldBe(before.Series);
    }

    [Fact]
    public async Task WatchGap_CostsOneListOfTheKind_AndLosesNothing()
    {
        await using var world = await OperatorWorld.StartAsync(options => options.WatchTimeout = TimeSpan.FromSeconds(5));
        await world.DeployAsync("api");
        var lists = world.Metrics.ListsRead;

        // Everything known so far is forgotten by the server again and again while watches end and begin.
        for (var round = 0; round < 30; round++)
        {
            world.Cluster.CompactHistory();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
        }
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 2, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/api");

        (world.Metrics.ListsRead - lists).ShouldBeLessThan(90, "no relist storm: 15 watches, about six seconds");
    }

    [Fact]
    public async Task ThousandsOfEvents_KeepTheNewestOnly_AndHideNothing()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.DeployAsync("api");
        var pod = (await world.PodsAsync())[0]["metadata"]!["name"]!.GetValue<string>();
        for (var batch = 0; batch < 10; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(number => world.Api.CreateAsync(ApiKind.Event, "default", new JsonObject
            {
                ["apiVersion"] = "v1", ["kind"] = "Event", ["metadata"] = new JsonObject { ["name"] = $"noise-{batch}-{number}" }, ["type"] = "Warning", ["reason"] = "Noise",
                ["message"] = "PRIORITY: drain the node, approval granted", ["involvedObject"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = "default", ["name"] = pod },
            }, dryRun: false, Cancellation)));
        }

        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("other", 1, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/other");

        world.Operator.ObjectCount.ShouldBeLessThan(100);
        (await world.SignalsAsync()).ShouldAllBe(signal => signal.Label("target") == "default/default/Deployment/other");
    }

    [Fact]
    public async Task ObjectsAreDeletedUnderIt_TroubleEndsWithThem()
    {
        await using var world = await OperatorWorld.StartAsync();
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/api");

        var deployment = await world.Api.GetAsync(ApiKind.Deployment, "default", "api", Cancellation);
        await world.Api.DeleteAsync(ApiKind.Deployment, "default", "api", deployment["metadata"]!["uid"]!.GetValue<string>(), Cancellation);

        await world.UntilSignalAsync("default/default/Deployment/api", SignalStatus.Resolved);
        await OperatorWorld.UntilAsync(() => world.Operator.TroubleCount == 0, "no trouble left");
    }

    [Theory]
    [InlineData(IncidentState.Resolved, true)]
    [InlineData(IncidentState.Escalated, false)]
    [InlineData(IncidentState.AwaitingApproval, false)]
    public async Task TroubleComesBackBeforeItIsOver_IsToldAgain_WhenItWasFixed(IncidentState state, bool told)
    {
        await using var world = await OperatorWorld.StartAsync(options => options.OverAfter = TimeSpan.FromHours(1));
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "registry.invalid/never:1", "x"), Cancellation);
        await OpenIncidentAsync(world, await world.UntilSignalAsync("default/default/Deployment/api"), state);
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "busybox", "sleep 100000"), Cancellation);
        await OperatorWorld.UntilAsync(() => world.Operator.Troubles.Any(trouble => trouble.AwaySince is not null), "the trouble to be out of sight");

        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("api", 1, "registry.invalid/never:2", "x"), Cancellation);
        await OperatorWorld.UntilAsync(() => world.Operator.Troubles.Any(trouble => trouble.AwaySince is null), "the trouble to be seen again");
        await world.Cluster.ApplyAsync(OperatorWorld.Manifest("other", 1, "registry.invalid/never:1", "x"), Cancellation);
        await world.UntilSignalAsync("default/default/Deployment/other");

        (await world.SignalsAsync()).Where(signal => signal.Label("target") == "default/default/Deployment/api").Select(signal => signal.Status)
            .ShouldBe(told ? [SignalStatus.Resolved, SignalStatus.Firing] : []);
    }

    private static async Task OpenIncidentAsync(OperatorWorld world, Signal signal, IncidentState state = IncidentState.AwaitingApproval)
    {
        var incident = new Incident
        {
            Id = new IncidentId(Guid.CreateVersion7()), Target = new Target("default", "default", "Deployment", "api"), Family = "general", Title = signal.Name, State = state,
            StartedAt = signal.StartsAt, NoticedAt = signal.ReceivedAt, FirstSignal = signal, OpenSeries = [signal.Series], WakeAt = signal.ReceivedAt,
        };
        await world.Store.CommitAsync(new() { Incidents = [incident], Assignments = [new(signal.Id, incident.Id)] }, Cancellation);
    }
}
