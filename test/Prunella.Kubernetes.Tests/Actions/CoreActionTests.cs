using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

/// <summary>Each action planned, executed, observed and undone on the real cluster.</summary>
public sealed class CoreActionTests
{
    private static async Task<WorkloadState> HealthyAsync(RealCluster cluster, string name, int replicas = 1, string kind = "Deployment", string? memory = null)
    {
        await cluster.CreateAsync(ApiKind.Find(kind)!, Manifests.Workload(kind, name, replicas, memory: memory));
        return await cluster.UntilAsync(cluster.Target(kind, name), state => state.Healthy && state.Ready == replicas && state.Pods.Count == replicas, "health");
    }

    private static async Task<ActionPlan> PlanAsync(RealCluster cluster, string action, Target target, params (string, string)[] parameters)
    {
        var plan = await cluster.Driver.PlanAsync(Propose(action, target, parameters), Cancellation);
        // What is executed is what was persisted, not what was held in memory.
        return System.Text.Json.JsonSerializer.Deserialize<ActionPlan>(System.Text.Json.JsonSerializer.Serialize(plan))!;
    }

    private static async Task<ExecutionId> ExecuteAsync(RealCluster cluster, ActionPlan plan)
    {
        plan.Blockers.ShouldBeEmpty();
        var execution = NewExecution();
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);
        var effect = await cluster.Driver.ExecuteAsync(plan, execution, Cancellation);
        effect.Kind.ShouldBe(EffectKind.Applied, effect.Text);
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.Applied);
        return execution;
    }

    private static async Task UndoTwiceAsync(RealCluster cluster, ActionPlan plan)
    {
        var undo = plan.Undo.ShouldNotBeNull();
        for (var time = 0; time < 2; time++)
        {
            var effect = await cluster.Driver.UndoAsync(undo, NewExecution(), Cancellation);
            effect.Kind.ShouldBe(EffectKind.Applied, effect.Text);
        }
    }

    private static async Task<List<string>> EventsAsync(RealCluster cluster) =>
        [.. (await cluster.Api.ListAsync<k8s.Models.Corev1Event>(ApiKind.Event, cluster.Namespace, Cancellation)).Where(item => item.Reason == "PrunellaAction").Select(item => item.Message)];

    [Fact]
    public async Task RestartPod_NamedPod_IsEvictedAndReplaced()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        var before = await HealthyAsync(cluster, "web", 2);
        var victim = before.Pods[1];
        var plan = await PlanAsync(cluster, "restart-pod", target, ("pod", victim.Name));
        plan.DisruptionAllowed.ShouldBe(true);
        (plan.PodsAffected, plan.PodsTotal, plan.PodsAffectedNotReady).ShouldBe((1, 2, 0));
        plan.Objects.ShouldHaveSingleItem().Uid.ShouldBe(victim.Uid);
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Ready == 2 && state.Pods.Count == 2 && state.Pods.All(pod => pod.Uid != victim.Uid && pod.Ready), "a new pod");
        (await EventsAsync(cluster)).ShouldContain(message => message.StartsWith("restart-pod"));
        // The same plan again finds its pod gone.
        (await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
    }

    [Fact]
    public async Task RestartPod_NoPodNamed_ChoosesTheOneThatIsNotReady()
    {
        await using var cluster = await OpenAsync();
        // The first pod to take the lock is healthy, the other one never becomes ready.
        await cluster.CreateAsync(ApiKind.StatefulSet, Manifests.Workload("StatefulSet", "pair", 2, "case $HOSTNAME in *-1) exec sleep 100000;; esac; touch /tmp/ready; exec sleep 100000",
            extraSpec: """{"podManagementPolicy":"Parallel"}"""));
        await cluster.PatchAsync(ApiKind.StatefulSet, "pair", """{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"exec":{"command":["cat","/tmp/ready"]},"periodSeconds":1}}]}}}}""");
        var target = cluster.Target("StatefulSet", "pair");
        await cluster.UntilAsync(target, state => state.Pods.Count(pod => pod.Phase == "Running") == 2 && state.Pods.Count(pod => pod.Ready) == 1, "one ready, one not");
        var plan = await PlanAsync(cluster, "restart-pod", target);
        plan.PodsAffectedNotReady.ShouldBe(1);
        plan.Objects.ShouldHaveSingleItem().Name.ShouldBe("pair-1");
    }

    [Fact]
    public async Task RestartPod_BudgetExhausted_IsForeseenAndRefusedAtExecution()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var budgets = new ApiKind("PodDisruptionBudget", "policy/v1beta1", "poddisruptionbudgets");
        var allowed = await PlanAsync(cluster, "restart-pod", target);
        allowed.DisruptionAllowed.ShouldBe(true);
        await cluster.CreateAsync(budgets, Manifests.Budget("web", 1));
        await cluster.UntilAsync(async () => (await cluster.FindAsync(budgets, "web"))?["status"]?["currentHealthy"]?.GetValue<int>() == 1, "the budget to be counted");
        (await PlanAsync(cluster, "restart-pod", target)).DisruptionAllowed.ShouldBe(false);
        var effect = await cluster.Driver.ExecuteAsync(allowed, NewExecution(), Cancellation);
        effect.Kind.ShouldBe(EffectKind.PreconditionFailed);
        effect.Text.ShouldContain("disruption budget");
        (await cluster.StateAsync(target)).Pods.ShouldHaveSingleItem().Terminating.ShouldBeFalse();
    }

    [Fact]
    public async Task RestartWorkload_Deployment_ReplacesAllPodsWithoutLosingThem()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        var before = await HealthyAsync(cluster, "web", 2);
        var plan = await PlanAsync(cluster, "restart-workload", target);
        plan.Undo.ShouldBeNull();
        plan.PodsAffected.ShouldBe(0);
        plan.Diff.ShouldContain("+      annotations:");
        plan.Diff.ShouldContain("kubectl.kubernetes.io/restartedAt");
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(target, state => state.Healthy && state.Pods.Count == 2 && state.Pods.All(pod => before.Pods.All(old => old.Uid != pod.Uid)), "new pods");
    }

    [Fact]
    public async Task RestartDatabase_TargetOfKindDatabase_RestartsItsStatefulSet()
    {
        await using var cluster = await OpenAsync();
        var set = cluster.Target("StatefulSet", "db");
        var before = await HealthyAsync(cluster, "db", 1, "StatefulSet");
        var plan = await PlanAsync(cluster, "restart-database", cluster.Target("Database", "db"));
        plan.PodsAffected.ShouldBe(1);
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(set, state => state.Healthy && state.Pods is [var pod] && pod.Uid != before.Pods[0].Uid && pod.Ready, "a new pod");
    }

    [Fact]
    public async Task ScaleUp_ThenUndo_AddsAndTakesBack()
    {
        await using var cluster = await OpenAsync();
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
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 1));
        (await PlanAsync(cluster, "scale-up", target, ("by", "25"))).Blockers.ShouldHaveSingleItem().ShouldContain("the bound is 20");
        (await PlanAsync(cluster, "scale-up", target, ("by", "0"))).Blockers.ShouldHaveSingleItem().ShouldContain("at least 1");
        (await PlanAsync(cluster, "scale-up", target, ("to", "3"))).Blockers.ShouldHaveSingleItem().ShouldContain("no parameter \"to\"");
        await cluster.CreateAsync(ApiKind.HorizontalPodAutoscaler, (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"metadata":{"name":"web"},"spec":{"maxReplicas":4,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""")!);
        (await PlanAsync(cluster, "scale-up", target)).Blockers.ShouldHaveSingleItem().ShouldContain("HorizontalPodAutoscaler web");
        (await PlanAsync(cluster, "scale-up", cluster.Target("DaemonSet", "web"))).Blockers.ShouldHaveSingleItem().ShouldContain("applies to");
        (await PlanAsync(cluster, "scale-up", cluster.Target("Deployment", "nobody"))).Blockers.ShouldHaveSingleItem().ShouldContain("does not exist");
    }

    [Fact]
    public async Task ScaleDown_ThenUndo_TakesAwayButNeverTheLast()
    {
        await using var cluster = await OpenAsync();
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

    [Fact]
    public async Task RaiseMemoryLimit_OfAnOutOfMemoryKilledPod_LetsItLive()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "hungry");
        // 40 MiB in a shell variable's worth of tmpfs-backed memory: the kernel ends it under 16 MiB and not under 64.
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "hungry", 1, "dd if=/dev/zero of=/mem/fill bs=1M count=40 && exec sleep 100000", memory: "24Mi",
            extraPod: """{"volumes":[{"name":"mem","emptyDir":{"medium":"Memory"}}]}"""));
        await cluster.PatchAsync(ApiKind.Deployment, "hungry", """{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null},"template":{"spec":{"containers":[{"name":"app","volumeMounts":[{"name":"mem","mountPath":"/mem"}]}]}}}}""");
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
        await using var cluster = await OpenAsync();
        await HealthyAsync(cluster, "big", 1, memory: "20Gi");
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "big"), ("factor", "4"))).Blockers.ShouldHaveSingleItem().ShouldContain("No room");
        await HealthyAsync(cluster, "free", 1);
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "free"))).Blockers.ShouldHaveSingleItem().ShouldContain("no memory limit");
        (await PlanAsync(cluster, "raise-memory-limit", cluster.Target("Deployment", "free"), ("container", "ghost"))).Blockers.ShouldHaveSingleItem().ShouldContain("no container ghost");
    }

    [Fact]
    public async Task RaiseCpuLimit_ThenUndo_ChangesTheLimitAndPutsItBack()
    {
        await using var cluster = await OpenAsync();
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

    [Fact]
    public async Task RollbackRollout_OfABadImage_GoesBackAndForthAgainOnUndo()
    {
        await using var cluster = await OpenAsync();
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
        await using var cluster = await OpenAsync();
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
        await using var cluster = await OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web"));
        var target = cluster.Target("Deployment", "web");
        await cluster.UntilAsync(target, state => state.Revision == "1", "the first revision");
        (await PlanAsync(cluster, "rollback-rollout", target)).Blockers.ShouldHaveSingleItem().ShouldContain("no earlier revision");
    }

    [Fact]
    public async Task ExecuteAsync_ChangedByAPersonSinceThePlan_FailsItsPrecondition()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"spec":{"minReadySeconds":1}}""");
        var execution = NewExecution();
        var effect = await cluster.Driver.ExecuteAsync(plan, execution, Cancellation);
        effect.Kind.ShouldBe(EffectKind.PreconditionFailed);
        effect.Text.ShouldContain("changed by someone else");
        (await cluster.Driver.ObserveAsync(plan, execution, Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);
        (await cluster.StateAsync(target)).Desired.ShouldBe(1);
    }

    [Fact]
    public async Task ExecuteAsync_OnlyStatusAndLabelsMovedSinceThePlan_StillApplies()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"metadata":{"labels":{"note":"harmless"}}}""");
        await ExecuteAsync(cluster, plan);
    }

    [Fact]
    public async Task ExecuteAsync_DeletedOrMadeAnewSinceThePlan_FailsItsPrecondition()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        var state = await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target);
        await cluster.Api.DeleteAsync(ApiKind.Deployment, cluster.Namespace, "web", state.Uid, Cancellation);
        await cluster.UntilAsync(async () => await cluster.FindAsync(ApiKind.Deployment, "web") is null, "its end");
        (await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.PreconditionFailed);
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web", 1));
        var effect = await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation);
        effect.Kind.ShouldBe(EffectKind.PreconditionFailed);
        effect.Text.ShouldContain("another object");
    }

    [Fact]
    public async Task UndoAsync_ChangedByAPersonSinceTheExecution_Refuses()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target);
        await ExecuteAsync(cluster, plan);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"spec":{"replicas":5}}""");
        var effect = await cluster.Driver.UndoAsync(plan.Undo!, NewExecution(), Cancellation);
        effect.Kind.ShouldBe(EffectKind.PreconditionFailed);
        (await cluster.StateAsync(target)).Desired.ShouldBe(5);
    }

    [Fact]
    public async Task ManagedObject_IsNamedInThePlanAndNeverPatched_ButMayBeRestarted()
    {
        await using var cluster = await OpenAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var early = await PlanAsync(cluster, "scale-up", target);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"metadata":{"annotations":{"meta.helm.sh/release-name":"shop"}}}""");
        var plan = await PlanAsync(cluster, "scale-up", target);
        plan.ManagedBy.ShouldBe("Helm (shop)");
        plan.Diff.ShouldContain("replicas: 2", customMessage: "the diff is what is proposed to whoever manages it");
        (await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
        (await cluster.Driver.ExecuteAsync(early, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Rejected, "a manager that came after the plan counts too");
        await ExecuteAsync(cluster, await PlanAsync(cluster, "restart-workload", target));
    }

    [Fact]
    public async Task Forbidden_EveryEntry_IsPlannedBlockedAndNeverExecuted()
    {
        await using var cluster = await OpenAsync();
        foreach (var forbidden in Kubernetes.Actions.ForbiddenActions.All)
        {
            forbidden.Class.ShouldBe(ActionClass.Forbidden);
            cluster.Driver.Actions.ShouldContain(forbidden);
            var plan = await PlanAsync(cluster, forbidden.Name, cluster.Target("Deployment", "web"));
            plan.Blockers.ShouldHaveSingleItem().ShouldContain("forbidden");
            (await cluster.Driver.ExecuteAsync(plan with { Blockers = [] }, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
        }
    }
}
