using System.Text.Json.Nodes;
using k8s.Models;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>Containers that the kernel really kills for memory.</summary>
public class MemoryExhaustedTests
{
    [Fact]
    public async Task LimitIsTooSmall_IsRaised_ApplicationLivesOn()
    {
        await using var world = await World.StartAsync();
        // It needs its memory from the start, so that no restart helps: only a higher limit does.
        var shop = await world.DeployAsync(new ShopOptions("report-builder") { Replicas = 2, HoldMegabytes = 26, MemoryLimit = "24Mi" }, ready: false);

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("oom-killed");
        var attempt = incident.Attempts().ShouldHaveSingleItem();
        attempt.Text("action").ShouldBe("raise-memory-limit");
        attempt.Text("validation").ShouldBe("Fixed");
        attempt.Text("diff").ShouldContain("24Mi");
        attempt.Text("diff").ShouldContain("36Mi");
        var deployment = await world.Cluster.DeploymentAsync(shop.Name);
        Limit(deployment).ShouldBe("36Mi");
        deployment.Status.ReadyReplicas.ShouldBe(2);
        var original = JsonNode.Parse(deployment.Metadata.Annotations["prunella.dev/original-memory-limit"])!;
        original.Text("app", "original").ShouldBe("24Mi");
        (await world.Prunella.LedgerAsync(incident)).Single(entry => entry.Text("kind") == "intent").Text("payload", "undo").ShouldContain("24Mi");
        (await world.Cluster.ActionEventsAsync()).ShouldHaveSingleItem().ShouldContain("raise-memory-limit");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task RaisingDoesNotHelp_LimitIsRestored_NextActionIsTried_PeopleAreTold()
    {
        await using var world = await World.StartAsync(new ServerSettings { Disabled = ["memory-exhausted", "memory-leak", "crash-looping"], Playbook = RaiseThenRestart, SettleSeconds = 25, AlertResolveSeconds = 5 });
        var shop = await world.DeployAsync(new ShopOptions("report-builder") { Replicas = 2, HoldMegabytes = 60, MemoryLimit = "24Mi" }, ready: false);
        var before = await world.Cluster.DeploymentAsync(shop.Name);

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Escalated");

        var attempts = incident.Attempts();
        attempts.Select(attempt => attempt.Text("action")).ShouldBe(["raise-memory-limit", "restart-workload"]);
        attempts.ShouldAllBe(attempt => attempt.Text("validation") == "NotFixed" || attempt.Text("validation") == "Regressed");
        attempts[0].Text("undo").ShouldNotBeEmpty();
        var after = await world.Cluster.DeploymentAsync(shop.Name);
        Limit(after).ShouldBe("24Mi");
        after.Spec.Template.Spec.Containers[0].Resources.Requests["memory"].ToString().ShouldBe(before.Spec.Template.Spec.Containers[0].Resources.Requests["memory"].ToString());
        after.Metadata.Annotations.ShouldNotContainKey("prunella.dev/original-memory-limit");
        incident.Text("advice").ShouldContain("heap dump");
        incident["diagnosis"]!["evidence"]!.AsArray().ShouldNotBeEmpty();
        var kinds = (await world.Prunella.LedgerAsync(incident)).Select(entry => entry.Text("kind")).ToList();
        string[] story = ["intent", "effect", "validation", "undo-intent", "undo-outcome", "outcome", "intent", "effect", "validation", "outcome", "escalated"];
        kinds.Where(story.Contains).ShouldBe(story);
        world.Proxy.Mutations.Count.ShouldBe(3, "raise, its undo, restart");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    private const string RaiseThenRestart =
        """
        name: raise-then-restart
        version: 1.0.0
        description: Raises the memory limit, and restarts when that does not help.
        cause: oom-killed
        family: stability
        match:
          alerts: ['.*OOM.*', '.*CrashLoop.*']
        conditions:
          - workload: lastTerminationReason
            equals: OOMKilled
            within: 30m
            text: killed for memory
        confidence:
          base: 0.9
        summary: 'The memory limit of {{target.name}} is too small.'
        actions:
          - action: raise-memory-limit
            why: It needs more than it may have.
          - action: restart-workload
            why: A fresh start may need less.
        escalateAfter: 2
        advice: Take a heap dump.
        """;

    private static string Limit(V1Deployment deployment) => deployment.Spec.Template.Spec.Containers[0].Resources.Limits["memory"].ToString();
}
