using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>A fresh installation only watches.</summary>
public class ShadowTests
{
    [Fact]
    public async Task NoStageIsConfigured_NothingIsTouched_DecisionIsRecorded()
    {
        await using var world = await World.StartAsync(new ServerSettings { Stage = null });
        var shop = await world.DeployAsync(new ShopOptions("api-server") { Replicas = 2 });
        var before = await world.Cluster.DeploymentAsync(shop.Name);
        await shop.LeakAsync();

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Closed");

        incident.Text("diagnosis", "cause").ShouldBe("connection-pool-exhausted");
        incident.Text("summary", "outcome").ShouldContain("would execute restart-workload");
        incident.Attempts().ShouldHaveSingleItem().Text("verdict").ShouldBe("Observe");
        var verdict = (await world.Prunella.LedgerAsync(incident)).Single(entry => entry.Text("kind") == "verdict");
        verdict.Text("payload", "wouldBe").ShouldBe("Execute");
        world.Proxy.Mutations.ShouldBeEmpty();
        (await world.Cluster.DeploymentAsync(shop.Name)).Metadata.Generation.ShouldBe(before.Metadata.Generation);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }
}
