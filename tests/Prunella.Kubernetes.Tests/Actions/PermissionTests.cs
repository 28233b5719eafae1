using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class PermissionTests
{
    [Fact]
    public async Task PlanAsync_MayOnlyRead_NamesTheMissingVerbAndResource()
    {
        await using var cluster = await OpenAsync();
        await HealthyAsync(cluster, "web", 2);
        await cluster.RestrictAsync("prunella-read");
        var target = cluster.Target("Deployment", "web");
        await cluster.StateAsync(target);
        (await PlanAsync(cluster, "scale-up", target)).Blockers.ShouldHaveSingleItem().ShouldContain("Grant the verb \"patch\" on \"deployments.apps\"");
        (await PlanAsync(cluster, "restart-pod", target)).Blockers.ShouldHaveSingleItem().ShouldContain("Grant the verb \"create\" on \"pods/eviction\"");
        (await PlanAsync(cluster, "change-firewall", target, ("cidr", "203.0.113.0/24"))).Blockers.ShouldHaveSingleItem().ShouldContain("networkpolicies.networking.k8s.io");
        (await PlanAsync(cluster, "kill-process", target, ("process", "x"), ("cpu-share", "1"))).Blockers.ShouldHaveSingleItem().ShouldContain("pods/exec");
    }

    [Fact]
    public async Task ExecuteAsync_PermissionTakenAwaySinceThePlan_IsRejected()
    {
        await using var cluster = await OpenAsync();
        await HealthyAsync(cluster, "web");
        var target = cluster.Target("Deployment", "web");
        var plan = await PlanAsync(cluster, "scale-up", target);
        await cluster.RestrictAsync("prunella-read");
        var effect = await cluster.Driver.ExecuteAsync(plan, NewExecution(), Cancellation);
        effect.Kind.ShouldBe(EffectKind.Rejected);
        effect.Text.ShouldContain("patch");
    }

    [Fact]
    public async Task ReadAsync_NoPermissionAtAll_IsForbiddenAndSaysWhat()
    {
        await using var cluster = await OpenAsync();
        await cluster.CreateAsync(ApiKind.Deployment, Manifests.Workload("Deployment", "web"));
        await cluster.RestrictAsync();
        var exception = await Should.ThrowAsync<WorkloadUnreadableException>(() => cluster.Workloads.ReadAsync(cluster.Target("Deployment", "web"), Cancellation));
        exception.Forbidden.ShouldBeTrue();
        exception.Message.ShouldContain("Grant the verb \"get\" on \"deployments.apps\"");
    }
}
