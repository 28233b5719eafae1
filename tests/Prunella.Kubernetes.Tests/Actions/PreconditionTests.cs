using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class PreconditionTests
{
    [Fact]
    public async Task ExecuteAsync_ChangedByAPersonSinceThePlan_FailsItsPrecondition()
    {
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
        var target = cluster.Target("Deployment", "web");
        await HealthyAsync(cluster, "web", 1);
        var plan = await PlanAsync(cluster, "scale-up", target);
        await cluster.PatchAsync(ApiKind.Deployment, "web", """{"metadata":{"labels":{"note":"harmless"}}}""");
        await ExecuteAsync(cluster, plan);
    }

    [Fact]
    public async Task ExecuteAsync_DeletedOrMadeAnewSinceThePlan_FailsItsPrecondition()
    {
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
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
        await using var cluster = await OpenRestrictedAsync();
        foreach (var (forbidden, _) in ForbiddenActions.All)
        {
            cluster.Driver.Actions.ShouldNotContain(action => action.Name == forbidden);
            var plan = await PlanAsync(cluster, forbidden, cluster.Target("Deployment", "web"));
            plan.Blockers.ShouldHaveSingleItem().ShouldContain("forbidden");
            (await cluster.Driver.ExecuteAsync(plan with { Blockers = [] }, NewExecution(), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
        }
    }
}
