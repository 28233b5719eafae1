using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Tests.Cluster;
using static Prunella.Kubernetes.Tests.Cluster.ActionScenario;
using static Prunella.Kubernetes.Tests.Cluster.RealCluster;

namespace Prunella.Kubernetes.Tests.Actions;

public sealed class VolumeAndAutoscalerTests
{
    private static readonly ApiKind Volumes = new("PersistentVolume", "v1", "persistentvolumes", Namespaced: false);

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    private static async Task BoundClaimAsync(RealCluster cluster, string name, bool mayGrow)
    {
        var unique = $"{cluster.Namespace}-{name}";
        await cluster.CreateAsync(ApiKind.StorageClass, new JsonObject { ["metadata"] = new JsonObject { ["name"] = unique }, ["provisioner"] = "prunella.dev/none", ["allowVolumeExpansion"] = mayGrow });
        cluster.AtEnd(() => DeleteAsync(cluster, ApiKind.StorageClass, unique));
        await cluster.CreateAsync(Volumes, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = unique },
            ["spec"] = new JsonObject
            {
                ["capacity"] = new JsonObject { ["storage"] = "1Gi" }, ["accessModes"] = new JsonArray("ReadWriteOnce"), ["storageClassName"] = unique,
                ["persistentVolumeReclaimPolicy"] = "Retain", ["hostPath"] = new JsonObject { ["path"] = "/nonexistent" },
                ["claimRef"] = new JsonObject { ["namespace"] = cluster.Namespace, ["name"] = name },
            },
        });
        cluster.AtEnd(() => DeleteAsync(cluster, Volumes, unique));
        await cluster.CreateAsync(ApiKind.PersistentVolumeClaim, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["accessModes"] = new JsonArray("ReadWriteOnce"), ["storageClassName"] = unique, ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "1Gi" } } },
        });
        await cluster.UntilAsync(async () => (await cluster.FindAsync(ApiKind.PersistentVolumeClaim, name))?["status"]?["phase"]?.GetValue<string>() == "Bound", "a bound claim");
    }

    private static async Task DeleteAsync(RealCluster cluster, ApiKind kind, string name)
    {
        if (await cluster.Api.FindAsync(kind, "", name, CancellationToken.None) is { } found) await cluster.Api.DeleteAsync(kind, "", name, found["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
    }

    [Fact]
    public async Task ExpandVolume_BoundClaimOfAGrowingClass_AsksForMore()
    {
        await using var cluster = await OpenRestrictedAsync();
        await BoundClaimAsync(cluster, "data", mayGrow: true);
        var plan = await PlanAsync(cluster, "expand-volume", cluster.Target("PersistentVolumeClaim", "data"));
        plan.CumulativeGrowth.ShouldBe(2);
        plan.Undo.ShouldBeNull();
        plan.Diff.ShouldContain("-      storage: 1Gi\n+      storage: 2Gi");
        await ExecuteAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.PersistentVolumeClaim, "data"))!["spec"]!["resources"]!["requests"]!["storage"]!.GetValue<string>().ShouldBe("2Gi");
        (await PlanAsync(cluster, "expand-volume", cluster.Target("PersistentVolumeClaim", "data"), ("max-size", "2Gi"))).Blockers.ShouldHaveSingleItem().ShouldContain("max-size");
    }

    [Fact]
    public async Task ExpandVolume_ClassThatDoesNotGrow_IsBlocked()
    {
        await using var cluster = await OpenRestrictedAsync();
        await BoundClaimAsync(cluster, "fixed", mayGrow: false);
        (await PlanAsync(cluster, "expand-volume", cluster.Target("PersistentVolumeClaim", "fixed"))).Blockers.ShouldHaveSingleItem().ShouldContain("allowVolumeExpansion");
        (await PlanAsync(cluster, "expand-volume", cluster.Target("PersistentVolumeClaim", "nobody"))).Blockers.ShouldHaveSingleItem().ShouldContain("does not exist");
    }

    [Fact]
    public async Task AdjustHpa_ByItsWorkload_ChangesBoundsAndPutsThemBack()
    {
        await using var cluster = await OpenRestrictedAsync();
        await cluster.CreateAsync(ApiKind.HorizontalPodAutoscaler, Json("""{"metadata":{"name":"web"},"spec":{"minReplicas":2,"maxReplicas":4,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}"""));
        var plan = await PlanAsync(cluster, "adjust-hpa", cluster.Target("Deployment", "web"), ("max", "8"));
        plan.Diff.ShouldContain("-  maxReplicas: 4\n+  maxReplicas: 8");
        await ExecuteAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.HorizontalPodAutoscaler, "web"))!["spec"]!["maxReplicas"]!.GetValue<int>().ShouldBe(8);
        await UndoTwiceAsync(cluster, plan);
        (await cluster.FindAsync(ApiKind.HorizontalPodAutoscaler, "web"))!["spec"]!["maxReplicas"]!.GetValue<int>().ShouldBe(4);
        (await PlanAsync(cluster, "adjust-hpa", cluster.Target("HorizontalPodAutoscaler", "web"), ("min", "9"), ("max", "3"))).Blockers.ShouldHaveSingleItem().ShouldContain("exceed");
        (await PlanAsync(cluster, "adjust-hpa", cluster.Target("Deployment", "nobody"))).Blockers.ShouldHaveSingleItem().ShouldContain("No horizontal pod autoscaler");
    }
}
