using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd.Operating;

/// <summary>The cluster's only node is cordoned, so nothing else runs beside it.</summary>
[Collection(MeasuredAlone.Name)]
public class ForgottenCordonTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PodsWaitForANodeCordonedHoursAgo_PersonApproves_TheyRun()
    {
        await using var world = await OperatedCluster.OpenAsync();
        var client = world.Cluster.Client;
        var node = (await client.ListNodeAsync(cancellationToken: Cancellation)).Items.Single().Metadata.Name;
        var server = await world.StartServerAsync(settings: new ServerSettings { More = "      _cluster/*: Full\n" });
        await server.UntilWatchingAsync();
        world.Cluster.AtEnd(() => client.PatchNodeAsync(Merge("""{"spec":{"unschedulable":null}}"""), node));
        await client.PatchNodeAsync(Merge("""{"spec":{"unschedulable":true}}"""), node, cancellationToken: Cancellation);
        await DateCordonAsync(client, node, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(5));
        await world.DeployAsync("api", 1, OperatedCluster.Sleeps, ready: false);

        JsonNode? asked = null;
        await Patience.UntilAsync(async () => (asked = (await server.GetAsync("/api/v1/approvals?pending=true")).AsArray().FirstOrDefault()) is not null, "a person to be asked", () => server.Output);
        asked!.Text("target", "kind").ShouldBe("Node");
        (await client.ReadNodeAsync(node, cancellationToken: Cancellation)).Spec.Unschedulable.ShouldBe(true, "nothing is done before");
        await server.ApproveAsync(asked!);
        await world.Cluster.UntilReadyAsync("api");
        JsonNode? incident = null;
        await Patience.UntilAsync(async () => (incident = await server.GetAsync($"/api/v1/incidents/{asked!.Text("incident")}")).State() is "Resolved" or "Escalated", "the incident to end", () => server.Output);

        incident!.State().ShouldBe("Resolved", ServerStory.Show(incident!));
        incident!.Text("diagnosis", "cause").ShouldBe("node-cordoned");
        var attempt = incident!.Attempts().ShouldHaveSingleItem();
        (attempt.Text("action"), attempt.Text("verdict"), attempt.Text("validation")).ShouldBe(("uncordon-node", "Execute", "Fixed"));
        (await server.LedgerAsync(incident!)).Single(entry => entry.Text("kind") == "intent").Text("payload", "undo").ShouldContain("takes no new pods");
        (await client.ReadNodeAsync(node, cancellationToken: Cancellation)).Spec.Unschedulable.ShouldBeNull();
        (await world.Cluster.PodsAsync("api")).ShouldHaveSingleItem().Spec.NodeName.ShouldBe(node);
        await server.ShouldHaveIntactLedgerAsync();
    }

    /// <summary>The node's controller dates a cordon itself; here it is made older than it is.</summary>
    private static async Task DateCordonAsync(k8s.Kubernetes client, string node, DateTimeOffset at) => await Patience.UntilAsync(async () =>
    {
        var taints = (await client.ReadNodeAsync(node, cancellationToken: Cancellation)).Spec.Taints ?? [];
        if (taints.FirstOrDefault(taint => taint.Key == "node.kubernetes.io/unschedulable") is not { } cordon) return false;
        if (cordon.TimeAdded is { } added && added <= at.UtcDateTime.AddSeconds(1)) return true;
        cordon.TimeAdded = at.UtcDateTime;
        await client.PatchNodeAsync(Merge($"{{\"spec\":{{\"taints\":{KubernetesJson.Serialize(taints)}}}}}"), node, cancellationToken: Cancellation);
        return false;
    }, "the cordon to be five hours old");

    private static V1Patch Merge(string patch) => new(patch, V1Patch.PatchType.MergePatch);
}
