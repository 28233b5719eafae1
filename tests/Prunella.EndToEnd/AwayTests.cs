using System.Text.Json.Nodes;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>What Prunella needs to see is away for a while, or for good.</summary>
public class AwayTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ApiServerIsAwayTwice_StepsArePutOff_ThenItGoesOn()
    {
        await using var world = await World.StartAsync();
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        world.Proxy.IsAway = true;
        // One pod, so one alert: without the cluster nobody can tell that the alerts of two pods are about one deployment.
        await shop.LeakAsync(pods: 1);
        JsonNode? waiting = null;
        await Patience.UntilAsync(
            async () => (waiting = await world.Prunella.OnlyIncidentAsync(world.Namespace)) is not null && (await world.Prunella.LedgerAsync(waiting)).Any(entry => entry.Text("kind") == "postponed"),
            "a step to be put off", () => world.Prunella.Output);
        waiting!.State().ShouldBe("Opened");
        await Task.Delay(Outage, TimeProvider.System, TestContext.Current.CancellationToken);
        world.Proxy.IsAway = false;

        await world.Prunella.UntilAsync(world.Namespace, "Validating");
        world.Proxy.IsAway = true;
        await Task.Delay(Outage, TimeProvider.System, TestContext.Current.CancellationToken);
        (await world.Prunella.OnlyIncidentAsync(world.Namespace))!.State().ShouldBe("Validating", "what cannot be seen is no pass");
        world.Proxy.IsAway = false;

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");
        incident.Attempts().ShouldHaveSingleItem().Text("validation").ShouldBe("Fixed");
        incident.Text("summary", "target", "name").ShouldBe(shop.Name);
        world.Proxy.Mutations.Count.ShouldBe(1);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task PrometheusIsAwayInValidation_IsNeverAPass_PeopleAreTold()
    {
        await using var world = await World.StartAsync(new ServerSettings { SettleSeconds = 40, AlertResolveSeconds = 5 });
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        await shop.LeakAsync();
        await Patience.UntilAsync(() => Task.FromResult(world.Proxy.Mutations.Count > 0), "the effect", () => world.Prunella.Output);
        // Alertmanager ends an alert that nobody repeats, so the silence looks like recovery. It is none.
        await world.Prometheus.KillAsync();

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Escalated");
        var attempt = incident.Attempts().ShouldHaveSingleItem();
        attempt.Text("validation").ShouldBe("Inconclusive");
        attempt.Text("validationText").ShouldContain("prometheus");
        incident.Text("summary", "outcome").ShouldContain("cannot be told");
        incident.Text("advice").ShouldNotBeEmpty();
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }
}
