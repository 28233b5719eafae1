using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>SIGKILL at the two instants that matter, told apart by a proxy that holds the one mutating request.</summary>
public class KilledMidwayTests
{
    [Fact]
    public async Task BetweenIntentAndEffect_LooksFirst_ActsOnce_Resolves()
    {
        await using var world = await World.StartAsync();
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        var held = world.Proxy.HoldNext(call => call.Mutates, HoldPoint.BeforeForwarding);
        await shop.LeakAsync();
        await held.WaitAsync(TimeSpan.FromSeconds(150), TimeProvider.System, TestContext.Current.CancellationToken);

        await world.Prunella.KillAsync();
        (await RevisionsAsync(world, shop)).ShouldBe(1, "the effect must not have happened yet");
        await world.StartPrunellaAsync();

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");
        incident.Text("diagnosis", "cause").ShouldBe("connection-pool-exhausted");
        (await RevisionsAsync(world, shop)).ShouldBe(2);
        // The held one never arrived; what it was is known from looking, and the plan was judged anew.
        world.Proxy.Mutations.Count(call => call.Status is not null).ShouldBe(1);
        var ledger = await world.Prunella.LedgerAsync(incident);
        ledger.Select(entry => entry.Text("kind")).Where(kind => kind is "intent" or "effect" or "outcome").ShouldBe(["intent", "outcome", "intent", "effect", "outcome"]);
        ledger.First(entry => entry.Text("kind") == "outcome").Text("payload", "changed").ShouldBe("false");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task BetweenEffectAndOutcome_SeesTheEffect_NeverActsAgain_Resolves()
    {
        await using var world = await World.StartAsync();
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        var held = world.Proxy.HoldNext(call => call.Mutates, HoldPoint.AfterForwarding);
        await shop.LeakAsync();
        await held.WaitAsync(TimeSpan.FromSeconds(150), TimeProvider.System, TestContext.Current.CancellationToken);

        await world.Prunella.KillAsync();
        (await RevisionsAsync(world, shop)).ShouldBe(2, "the effect must have happened");
        await world.StartPrunellaAsync();

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");
        (await RevisionsAsync(world, shop)).ShouldBe(2);
        world.Proxy.Mutations.Count.ShouldBe(1);
        var ledger = await world.Prunella.LedgerAsync(incident);
        ledger.Select(entry => entry.Text("kind")).Where(kind => kind is "intent" or "effect" or "outcome").ShouldBe(["intent", "effect", "outcome"]);
        ledger.Single(entry => entry.Text("kind") == "effect").Text("payload", "text").ShouldContain("settled by observation");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    /// <summary>How often the deployment's pods were rolled out, as the deployment controller counts.</summary>
    private static async Task<int> RevisionsAsync(World world, Shop shop) =>
        (int)((await world.Cluster.DeploymentAsync(shop.Name)).Metadata.Generation ?? 0);
}
