using System.Text.Json.Nodes;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>A container that really leaks, by the kubelet's own measure of its memory.</summary>
public class MemoryLeakTests
{
    // A mebibyte every two and a half seconds, held by the first process itself.
    private const string Leaks = "chunk=x; while [ ${#chunk} -lt 1048576 ]; do chunk=$chunk$chunk; done; held=0; while true; do eval \"held_$held=\\$chunk\"; held=$((held + 1)); sleep 2.5; done";

    [Fact]
    public async Task RaisedLimitIsFilledToo_IsRestarted_NotFed()
    {
        await using var world = await World.StartAsync(new ServerSettings { Operator = true });
        // Alerts would come or not, by the moment that the kubelet measures: this is about what the operator sees by itself.
        await world.Alertmanager.KillAsync();
        world.Exporter.TellsUsage = true;
        await world.Prunella.UntilWatchingAsync();
        await world.Cluster.DeployAsync("basket", 1, Leaks, memory: "24Mi");

        // The first end could be a limit that is too small; the same climb past the next one could not.
        var first = await world.Prunella.UntilAsync(world.Namespace, "Resolved");
        List<JsonNode> later = [];
        await Patience.UntilAsync(async () =>
        {
            later = [.. (await world.Prunella.IncidentsAsync(world.Namespace)).Where(incident => incident.Id() != first.Id() && !incident.IsOfTheMachine())];
            return later.Any(incident => incident.State() is "Resolved" or "Escalated");
        }, "the leak to be told", () => $"{string.Join("\n", later.Select(ServerStory.Show))}\n{world.Prunella.Output}");
        var leak = await world.Prunella.GetAsync($"/api/v1/incidents/{later.Single().Id()}");

        (first.Text("diagnosis", "cause"), first.Attempts().ShouldHaveSingleItem().Text("action")).ShouldBe(("oom-killed", "raise-memory-limit"));
        leak.Text("diagnosis", "cause").ShouldBe("memory-leak");
        leak.Text("diagnosis", "summary").ShouldContain("killed for memory at its limit of 36");
        var attempt = leak.Attempts().ShouldHaveSingleItem();
        (attempt.Text("action"), attempt.Text("validation")).ShouldBe(("restart-workload", "Fixed"));
        (await world.Cluster.DeploymentAsync("basket")).Spec.Template.Spec.Containers[0].Resources.Limits["memory"].ToString().ShouldBe("36Mi", "a leak fills any limit");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }
}
