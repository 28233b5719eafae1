using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class KillProcessTests
{
    // The kernel names a script's process after its file; the loop is real.
    private const string Runaway = "printf '#!/bin/sh\nwhile :; do :; done\n' > /tmp/spinner; chmod +x /tmp/spinner; /tmp/spinner & exec sleep 100000";

    private static async Task<RealCluster> WithRunawayAsync()
    {
        var cluster = await OpenRestrictedAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "busy", 1, Runaway));
        await cluster.PatchAsync(ApiKind.Deployment, "busy", """{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"500m"},"limits":{"cpu":"900m"}}}]}}}}""");
        await cluster.UntilAsync(cluster.Target("Deployment", "busy"), state => state.Healthy && state.Pods.Count == 1, "a busy pod");
        return cluster;
    }

    [Fact]
    public async Task KillProcess_RealBusyLoop_IsEndedAndItsContainerLives()
    {
        await using var cluster = await WithRunawayAsync();
        var target = cluster.Target("Deployment", "busy");
        var before = await cluster.StateAsync(target);
        // On a crowded machine the loop may not get its share in every second.
        ActionPlan? plan = null;
        Effect? effect = null;
        var execution = NewExecution();
        await cluster.UntilAsync(async () =>
        {
            plan = await PlanAsync(cluster, "kill-process", target, ("process", "spinner"), ("cpu-share", "0.3"));
            if (plan.Blockers.Count > 0) return false;
            execution = NewExecution();
            effect = await cluster.Driver.ExecuteAsync(plan, execution, Cancellation);
            return effect.Kind == EffectKind.Applied;
        }, "the loop to be ended", () => $"{effect} {string.Join(" ", plan?.Blockers ?? [])}");
        plan!.Diff.ShouldContain("Process spinner (pid ");
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.Applied);
        var after = await cluster.StateAsync(target);
        after.Pods.ShouldHaveSingleItem().Uid.ShouldBe(before.Pods[0].Uid);
        after.Pods[0].Containers[0].Restarts.ShouldBe(0);
        (await PlanAsync(cluster, "kill-process", target, ("process", "spinner"), ("cpu-share", "0.3"))).Blockers.ShouldHaveSingleItem().ShouldContain("runs no process");
        (await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
    }

    [Fact]
    public async Task KillProcess_FirstProtectedIdleOrUnproven_IsNeverEnded()
    {
        await using var cluster = await WithRunawayAsync();
        var target = cluster.Target("Deployment", "busy");
        (await PlanAsync(cluster, "kill-process", target, ("process", "sleep"), ("cpu-share", "0.3"))).Blockers.ShouldHaveSingleItem().ShouldContain("first of its container");
        (await PlanAsync(cluster, "kill-process", target, ("process", "postgres"), ("cpu-share", "0.3"))).Blockers.ShouldHaveSingleItem().ShouldContain("protected");
        (await PlanAsync(cluster, "kill-process", target, ("process", "spinner"))).Blockers.ShouldHaveSingleItem().ShouldContain("cpu-share");
        (await PlanAsync(cluster, "kill-process", target, ("process", "spinner"), ("cpu-share", "64"))).Blockers.ShouldHaveSingleItem().ShouldContain("less than the 64");
        (await PlanAsync(cluster, "kill-process", target, ("process", "spinner"), ("cpu-share", "0.3"), ("signal", "TERM; rm -rf /"))).Blockers.ShouldHaveSingleItem().ShouldContain("TERM or KILL");
    }

    [Fact]
    public void Parse_NamesWithParenthesesAndSpaces_AreKeptWhole()
    {
        const string Stat = "7 (a) b (c) R 1 7 7 0 -1 4194304 100 0 0 0 {0} 5 0 0 20 0 1 0 4242 1000 1 184 0";
        var text = $"100.00 50.00\n{Stat.Replace("{0}", "10")}\ngarbage\n--prunella--\n102.00 51.00\n{Stat.Replace("{0}", "160")}\n";
        var process = ProcessTable.Parse(text).ShouldNotBeNull().ShouldHaveSingleItem();
        process.ShouldBe(new ProcessUse(7, "a) b (c", 4242, 0.75));
        ProcessTable.Parse("sh: cat: not found").ShouldBeNull();
        ProcessTable.Parse("").ShouldBeNull();
    }
}
