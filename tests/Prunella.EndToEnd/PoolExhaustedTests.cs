using System.Text.Json.Nodes;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Monitoring;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>From a leak of connections to the proven fix, with the shipped playbook and the sample rules.</summary>
public class PoolExhaustedTests
{
    [Fact]
    public async Task PoolRunsFull_ApplicationIsRestarted_FixIsProvenAndRecorded()
    {
        await using var world = await World.StartAsync();
        var shop = await world.DeployAsync(new ShopOptions("api-server"));
        var before = (await world.Cluster.PodsAsync(shop.Name)).Select(pod => pod.Metadata.Uid).ToList();
        await shop.LeakAsync();
        IReadOnlyList<JsonNode> delivered = [];
        await Patience.UntilAsync(async () => (delivered = await world.Alertmanager.AlertsAsync("ConnectionPoolExhausted")).Count > 0, "Alertmanager to know of the alert");
        await world.Prunella.UntilAsync(world.Namespace, "Validating", "Resolved");

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("connection-pool-exhausted");
        incident.Text("summary", "target", "kind").ShouldBe("Deployment");
        incident.Text("summary", "target", "name").ShouldBe(shop.Name);
        var attempt = incident.Attempts().ShouldHaveSingleItem();
        attempt.Text("action").ShouldBe("restart-workload");
        attempt.Text("verdict").ShouldBe("Execute");
        attempt.Text("validation").ShouldBe("Fixed");
        var after = (await world.Cluster.PodsAsync(shop.Name)).Select(pod => pod.Metadata.Uid).ToList();
        after.Count.ShouldBe(3);
        after.Intersect(before).ShouldBeEmpty("every pod was replaced");
        world.Proxy.Mutations.Count.ShouldBe(1, "one effect, by one patch");

        await ShouldKnowRedeliveryAsync(world, delivered);
        await ShouldLeaveTheWatchdogAloneAsync(world);
        await ShouldTellTheStoryInOrderAsync(world, incident);
        ShouldKnowItsTimes(incident);
        (await world.Prometheus.FiringAsync()).ShouldNotContain("ConnectionPoolExhausted");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    /// <summary>Alertmanager delivered each second all the time; one more delivery, by hand and late, is known as well.</summary>
    private static async Task ShouldKnowRedeliveryAsync(World world, IReadOnlyList<JsonNode> delivered)
    {
        var receipt = await world.Prunella.PostAlertsAsync(AlertmanagerServer.Redelivery(delivered));
        receipt.Text("received").ShouldBe($"{delivered.Count}");
        receipt.Text("new").ShouldBe("0");
        (await world.Prunella.IncidentsAsync(world.Namespace)).Count.ShouldBe(1);
    }

    /// <summary>The alert that always fires has no target and needs none: nobody is told.</summary>
    private static async Task ShouldLeaveTheWatchdogAloneAsync(World world)
    {
        var watchdog = (await world.Prunella.GetAsync("/api/v1/incidents"))["items"]!.AsArray().Single(incident => incident!.Text("title").StartsWith("Watchdog", StringComparison.Ordinal))!;
        watchdog.State().ShouldBe("Closed");
        watchdog.Text("cause").ShouldBe("watchdog");
    }

    private static async Task ShouldTellTheStoryInOrderAsync(World world, JsonNode incident)
    {
        var ledger = await world.Prunella.LedgerAsync(incident);
        var kinds = ledger.Select(entry => entry.Text("kind")).ToList();
        string[] story = ["incident-opened", "evidence", "diagnosis", "verdict", "intent", "effect", "validation", "outcome", "resolved"];
        kinds.Where(story.Contains).ShouldBe(story);
        var intended = DateTimeOffset.Parse(ledger.Single(entry => entry.Text("kind") == "intent").Text("at"), System.Globalization.CultureInfo.InvariantCulture);
        var pods = await world.Cluster.PodsAsync("api-server");
        pods.ShouldAllBe(pod => pod.Metadata.CreationTimestamp >= intended.UtcDateTime.AddSeconds(-1));
    }

    private static void ShouldKnowItsTimes(JsonNode incident)
    {
        var times = new[] { "startedAt", "decidedAt", "actedAt", "recoveredAt" }.Select(name => DateTimeOffset.Parse(incident.Text(name), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        times.ShouldBeInOrder();
        (times[^1] - times[0]).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3));
    }
}
