using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Monitoring;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>Alertmanager delivers at least once, restarts, and is away.</summary>
public class AlertmanagerAwayTests
{
    [Fact]
    public async Task RestartsAndRedelivers_OneIncident_NothingIsLost()
    {
        await using var world = await World.StartAsync();
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        await world.Alertmanager.KillAsync();
        await shop.LeakAsync();
        await Patience.UntilAsync(async () => (await world.Prometheus.FiringAsync()).Contains("ConnectionPoolExhausted"), "the alert to fire while Alertmanager is away");
        (await world.Prunella.IncidentsAsync(world.Namespace)).ShouldBeEmpty();

        await world.Alertmanager.StartAsync();
        await world.Prunella.UntilAsync(world.Namespace, "Validating", "Resolved");
        var delivered = await world.Alertmanager.AlertsAsync("ConnectionPoolExhausted");
        await world.Alertmanager.KillAsync();
        await world.Alertmanager.StartAsync();

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");
        incident.Attempts().ShouldHaveSingleItem().Text("validation").ShouldBe("Fixed");
        world.Proxy.Mutations.Count.ShouldBe(1);
        if (delivered.Count > 0)
        {
            var receipt = await world.Prunella.PostAlertsAsync(AlertmanagerServer.Redelivery(delivered));
            receipt.Text("received").ShouldBe($"{delivered.Count}");
            receipt.Text("new").ShouldBe("0", "a late redelivery is known");
        }

        (await world.Prunella.IncidentsAsync(world.Namespace)).Count.ShouldBe(1);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }
}
