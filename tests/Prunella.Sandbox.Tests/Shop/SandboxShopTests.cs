using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Shop;

namespace Prunella.Sandbox.Tests.Shop;

public sealed class SandboxShopTests
{
    private static async Task<(FakeClockCluster Fake, SandboxShop Shop)> OpenAsync()
    {
        var fake = await FakeClockCluster.StartAsync();
        var shop = await SandboxShop.DeployAsync(fake.Cluster, fake.Time, TestContext.Current.CancellationToken);
        (await fake.PassUntilAsync(() => Deployments(fake).All(each => (each.Number("status", "readyReplicas") ?? 0) == each.Number("spec", "replicas")), 60)).ShouldBeTrue();
        return (fake, shop);
    }

    private static IEnumerable<System.Text.Json.Nodes.JsonObject> Deployments(FakeClockCluster fake) => fake.Cluster.Store.List(ResourceCatalogue.Deployments, "shop").Select(each => each.Body);

    private static void ChangeDeployment(FakeClockCluster fake, string name, Action<System.Text.Json.Nodes.JsonObject> change) =>
        fake.Cluster.Registry.Change(fake.Cluster.Store.Find(ResourceCatalogue.Deployments, "shop", name)!, change);

    private static void Restart(FakeClockCluster fake, string name) => ChangeDeployment(fake, name, body =>
        body.Ensure("spec").Ensure("template").Ensure("metadata").Ensure("annotations")["kubectl.kubernetes.io/restartedAt"] = fake.Time.GetUtcNow().Stamp());

    [Fact]
    public async Task Open_AfterSomeSeconds_EverythingIsReadyAndNoFaultIsFelt()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        await fake.PassAsync(120);
        foreach (var fault in Enum.GetValues<ShopFault>()) shop.IsFelt(fault).ShouldBeFalse(fault.ToString());
        fake.Cluster.Store.List(ResourceCatalogue.Pods, "shop").All(pod => pod.Body.Text("status", "phase") == "Running").ShouldBeTrue();
        ShopFaultStory.All.Select(story => story.Fault).ShouldBe(Enum.GetValues<ShopFault>());
    }

    [Fact]
    public async Task Inject_EachFault_IsFeltAndEndsFromOutside()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        foreach (var fault in Enum.GetValues<ShopFault>())
        {
            shop.Inject(fault);
            (await fake.PassUntilAsync(() => shop.IsFelt(fault), 180)).ShouldBeTrue($"{fault} is not felt");
            shop.End(fault);
            if (fault == ShopFault.DiskFilling) continue; // what is written stays written
            (await fake.PassUntilAsync(() => !shop.IsFelt(fault), 600)).ShouldBeTrue($"{fault} does not end");
        }
    }

    [Fact]
    public async Task PoolExhausted_RolloutRestart_Ends()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.ConnectionPoolExhausted);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.ConnectionPoolExhausted), 60)).ShouldBeTrue();
        fake.Cluster.Gauges.Of(WorkloadName.Deployment("shop", "api-server")).ShouldAllBe(pod => pod.ErrorRate >= 0.3);
        Restart(fake, "api-server");
        (await fake.PassUntilAsync(() => !shop.IsFelt(ShopFault.ConnectionPoolExhausted), 60)).ShouldBeTrue();
        await fake.PassAsync(120);
        shop.IsFelt(ShopFault.ConnectionPoolExhausted).ShouldBeFalse("the fresh pods must not leak");
    }

    [Fact]
    public async Task PoolExhausted_PoolRotated_Ends()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.ConnectionPoolExhausted);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.ConnectionPoolExhausted), 60)).ShouldBeTrue();
        shop.RotatePool().ShouldBeTrue();
        await fake.PassAsync(60);
        shop.IsFelt(ShopFault.ConnectionPoolExhausted).ShouldBeFalse();
    }

    [Fact]
    public async Task MemoryLeak_RestartDoesNotEndIt_HigherLimitDoes()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.MemoryLeak);
        (await fake.PassUntilAsync(() => fake.Cluster.Gauges.Of(WorkloadName.Deployment("shop", "recommendation")).Any(pod => pod.RestartCount > 0), 60)).ShouldBeTrue();
        Restart(fake, "recommendation");
        await fake.PassAsync(30);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.MemoryLeak), 60)).ShouldBeTrue();
        ChangeDeployment(fake, "recommendation", body => body.Items("spec", "template", "spec", "containers").First().Ensure("resources").Ensure("limits")["memory"] = "384Mi");
        (await fake.PassUntilAsync(() => !shop.IsFelt(ShopFault.MemoryLeak), 120)).ShouldBeTrue();
        await fake.PassAsync(300);
        shop.IsFelt(ShopFault.MemoryLeak).ShouldBeFalse();
        fake.Cluster.Gauges.Of(WorkloadName.Deployment("shop", "recommendation")).ShouldAllBe(pod => pod.RestartCount == 0);
    }

    [Fact]
    public async Task BadRollout_FirstRevisionBack_ErrorsEnd()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.BadRollout);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.BadRollout), 60)).ShouldBeTrue();
        ChangeDeployment(fake, "payment", body => body.Items("spec", "template", "spec", "containers").First()["image"] = "shop/payment:1.0.0");
        (await fake.PassUntilAsync(() => !shop.IsFelt(ShopFault.BadRollout), 60)).ShouldBeTrue();
    }

    [Fact]
    public async Task CpuSaturated_ScaledToFour_CpuPerPodFalls()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.CpuSaturated);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.CpuSaturated), 60)).ShouldBeTrue();
        ChangeDeployment(fake, "catalog", body => body.Ensure("spec")["replicas"] = 4L);
        (await fake.PassUntilAsync(() => !shop.IsFelt(ShopFault.CpuSaturated), 60)).ShouldBeTrue();
    }

    [Fact]
    public async Task CacheStale_Cleared_StaysFresh()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.CacheStale);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.CacheStale), 60)).ShouldBeTrue();
        shop.ClearCache().ShouldBeTrue();
        await fake.PassAsync(60);
        shop.IsFelt(ShopFault.CacheStale).ShouldBeFalse();
    }

    [Fact]
    public async Task CrashLoop_PodsReplaced_Ends()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.FrontendCrashLoop);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.FrontendCrashLoop), 60)).ShouldBeTrue();
        foreach (var pod in fake.Cluster.Store.List(ResourceCatalogue.Pods, "shop").Where(pod => pod.Labels["app"] == "frontend"))
            fake.Cluster.Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Background);
        await fake.PassAsync(30);
        shop.IsFelt(ShopFault.FrontendCrashLoop).ShouldBeFalse();
    }

    [Fact]
    public async Task DiskFilling_ClaimExpanded_HasRoomAgain()
    {
        var (fake, shop) = await OpenAsync();
        await using var _ = fake;
        shop.Inject(ShopFault.DiskFilling);
        (await fake.PassUntilAsync(() => shop.IsFelt(ShopFault.DiskFilling), 120)).ShouldBeTrue();
        fake.Cluster.Registry.Change(fake.Cluster.Store.Find(ResourceCatalogue.Claims, "shop", "data-postgres-0")!,
            body => body.Ensure("spec").Ensure("resources").Ensure("requests")["storage"] = "20Gi");
        await fake.PassAsync(120);
        shop.IsFelt(ShopFault.DiskFilling).ShouldBeFalse();
    }
}
