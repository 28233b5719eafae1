using k8s;
using k8s.Models;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd.Operating;

/// <summary>The cluster's own autoscaler, told of a load that two pods cannot carry; the metrics are registered for the whole cluster, so nothing else runs beside it.</summary>
[Collection(MeasuredAlone.Name)]
public class AutoscalerAtMaximumTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoadAsksForMoreThanTheBound_PersonApproves_AutoscalerScales()
    {
        await using var world = await OperatedCluster.OpenAsync();
        var client = world.Cluster.Client;
        var server = await world.StartServerAsync(settings: new ServerSettings { AlertResolveSeconds = 90 });
        await server.UntilWatchingAsync();
        await using var load = await SharedLoad.StartAsync(world.Cluster, "api", millicores: 24);
        await world.DeployAsync("api", 2, OperatedCluster.Sleeps, cpu: "10m");

        // Three pods at 80 % of what they request carry it, and there may be two.
        await client.CreateNamespacedHorizontalPodAutoscalerAsync(new V1HorizontalPodAutoscaler
        {
            Metadata = new V1ObjectMeta { Name = "api" },
            Spec = new V1HorizontalPodAutoscalerSpec { MinReplicas = 1, MaxReplicas = 2, TargetCPUUtilizationPercentage = 80, ScaleTargetRef = new V1CrossVersionObjectReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = "api" } },
        }, world.Namespace, cancellationToken: Cancellation);
        await server.UntilAsync(world.Namespace, "AwaitingApproval");
        (await MaximumAsync(client, world.Namespace)).ShouldBe(2, "nothing is done before");
        await server.ApproveAsync(world.Namespace);
        var incident = await server.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("hpa-at-maximum");
        incident.Text("summary", "target", "kind").ShouldBe("HorizontalPodAutoscaler");
        var attempt = incident.Attempts().ShouldHaveSingleItem();
        (attempt.Text("action"), attempt.Text("verdict"), attempt.Text("validation")).ShouldBe(("adjust-hpa", "Execute", "Fixed"));
        (await MaximumAsync(client, world.Namespace)).ShouldBe(3);
        (await server.LedgerAsync(incident)).Single(entry => entry.Text("kind") == "intent").Text("payload", "undo").ShouldContain("back to 1 to 2 replicas");
        await Patience.UntilAsync(async () => (await world.Cluster.DeploymentAsync("api")).Status.ReadyReplicas == 3, "the autoscaler to scale");
        await server.ShouldHaveIntactLedgerAsync();
    }

    private static async Task<int> MaximumAsync(k8s.Kubernetes client, string @namespace) =>
        (await client.AutoscalingV1.ReadNamespacedHorizontalPodAutoscalerAsync("api", @namespace, cancellationToken: Cancellation)).Spec.MaxReplicas;
}
