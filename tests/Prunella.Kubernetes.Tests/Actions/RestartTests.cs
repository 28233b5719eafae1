using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class RestartTests
{
    [Fact]
    public async Task RestartPod_NamedPod_IsEvictedAndReplaced()
    {
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
        var set = cluster.Target("StatefulSet", "db");
        var before = await HealthyAsync(cluster, "db", 1, "StatefulSet");
        var plan = await PlanAsync(cluster, "restart-database", cluster.Target("Database", "db"));
        plan.PodsAffected.ShouldBe(1);
        await ExecuteAsync(cluster, plan);
        await cluster.UntilAsync(set, state => state.Healthy && state.Pods is [var pod] && pod.Uid != before.Pods[0].Uid && pod.Ready, "a new pod");
    }
}
