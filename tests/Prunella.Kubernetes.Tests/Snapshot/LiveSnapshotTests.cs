using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Tests.Causes;
using Prunella.Kubernetes.Tests.Cluster;

namespace Prunella.Kubernetes.Tests.Snapshot;

/// <summary>Snapshots of a real cluster.</summary>
public sealed class LiveSnapshotTests
{
    [Fact]
    public async Task CrashingAndWaitingPods_AreDiagnosedFromTheLiveCluster()
    {
        await using var cluster = await RealCluster.OpenAsync();
        await CreateAsync(cluster, "crashing", """{"name":"app","image":"docker.io/library/busybox:latest","imagePullPolicy":"IfNotPresent","command":["sh","-c","echo 'Error: environment variable DATABASE_URL is not set'; exit 1"]}""");
        await CreateAsync(cluster, "waiting", """{"name":"app","image":"docker.io/library/busybox:latest","imagePullPolicy":"IfNotPresent","command":["sleep","600"],"envFrom":[{"secretRef":{"name":"missing"}}]}""");
        var snapshots = cluster.Provider.GetRequiredService<LiveSnapshots>();
        IReadOnlyList<RankedFinding> findings = [];
        await cluster.UntilAsync(async () =>
        {
            findings = Diagnoser.Diagnose(await snapshots.TakeAsync(cluster.Namespace, RealCluster.Cancellation));
            return findings.Any(ranked => ranked.Finding.Cause == "config-value-missing") && findings.Any(ranked => ranked.Finding.Cause == "config-missing");
        }, "both causes");
        findings.Only("config-value-missing").Offender.ShouldBe("DATABASE_URL");
        findings.Only("config-missing").Offender.ShouldBe("Secret missing");
    }

    [Fact]
    public async Task ValuesOfSecrets_AreNeverRead()
    {
        await using var cluster = await RealCluster.OpenAsync();
        await cluster.Api.CreateAsync(new ApiKind("Secret", "v1", "secrets"), cluster.Namespace, JsonNode.Parse("""{"metadata":{"name":"db"},"stringData":{"password":"hunter2"}}""")!, dryRun: false, RealCluster.Cancellation);
        var snapshot = await cluster.Provider.GetRequiredService<LiveSnapshots>().TakeAsync(cluster.Namespace, RealCluster.Cancellation);
        var secret = snapshot.Find("Secret", cluster.Namespace, "db").ShouldNotBeNull();
        secret.Root["data"].Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task EmptyNamespace_IsWell()
    {
        await using var cluster = await RealCluster.OpenAsync();
        var snapshot = await cluster.Provider.GetRequiredService<LiveSnapshots>().TakeAsync(cluster.Namespace, RealCluster.Cancellation);
        Diagnoser.Diagnose(snapshot).Where(ranked => ranked.Finding.Target.Namespace == cluster.Namespace).ShouldBeEmpty();
    }

    private static async Task CreateAsync(RealCluster cluster, string name, string container) =>
        await cluster.Api.CreateAsync(ApiKind.Pod, cluster.Namespace, JsonNode.Parse($$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"terminationGracePeriodSeconds":1,"containers":[{{{container}}}]}}""")!, dryRun: false, RealCluster.Cancellation);
}
