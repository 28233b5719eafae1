using k8s;
using k8s.Models;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd.Operating;

/// <summary>
/// The operator on the real cluster as the service account of <c>deploy/rbac.yaml</c>: it notices, and the fix goes through
/// diagnosis, gate, execution and validation. Detection is counted from the API's own times, which are whole seconds: up to
/// one second of what is measured is theirs.
/// </summary>
public class OperatorTests
{
    // The target is one second, and the API's times are cut to whole seconds; other tests run beside this one, so that it has
    // six times as long unless PRUNELLA_TARGETS=exact asks for the target itself.
    private static readonly double DetectMax = 1 + (Environment.GetEnvironmentVariable("PRUNELLA_TARGETS") == "exact" ? 1 : 6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PodsAreKilled_IsNoticed_LeftToTheController_AndValidated()
    {
        await using var world = await OperatedCluster.OpenAsync();
        // Replacements that are ready at once may be well again before a busy machine has looked at what was lost.
        await world.DeployAsync("api", 5, OperatedCluster.Sleeps, readyAfterSeconds: 12);
        await world.StartServerAsync();
        await world.Prunella.UntilWatchingAsync();
        await world.Prunella.UntilRehearsedAsync();

        foreach (var pod in (await world.Cluster.PodsAsync("api")).Take(2)) await world.Cluster.Client.DeleteNamespacedPodAsync(pod.Metadata.Name, world.Namespace, gracePeriodSeconds: 0, cancellationToken: Cancellation);
        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("pods-lost");
        incident.Attempts().ShouldHaveSingleItem().Text("action").ShouldBe("await-repair");
        (await world.Cluster.ActionEventsAsync()).ShouldBeEmpty();
        (await world.MeasureAsync("pods killed", incident)).Detect.ShouldBeLessThanOrEqualTo(DetectMax);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task MemoryRunsOut_LimitIsRaised_AndValidated()
    {
        await using var world = await OperatedCluster.OpenAsync();
        await world.StartServerAsync();
        await world.Prunella.UntilWatchingAsync();

        await world.DeployAsync("eater", 1, OperatedCluster.Holds(20_000_000), memory: "16Mi", ready: false);
        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("oom-killed");
        incident.Attempts().ShouldHaveSingleItem().Text("action").ShouldBe("raise-memory-limit");
        (await world.Cluster.DeploymentAsync("eater")).Spec.Template.Spec.Containers[0].Resources.Limits["memory"].ToString().ShouldBe("24Mi");
        (await world.MeasureAsync("out of memory", incident)).Detect.ShouldBeLessThanOrEqualTo(DetectMax);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task BadImageRollsOut_PersonApproves_LastAvailableRevisionIsBack()
    {
        await using var world = await OperatedCluster.OpenAsync();
        await world.DeployAsync("api", 2, OperatedCluster.Sleeps);
        await world.StartServerAsync();
        await world.Prunella.UntilWatchingAsync();

        await world.Cluster.Client.PatchNamespacedDeploymentAsync(new V1Patch("""{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"busybox:never-built"}]}}}}""", V1Patch.PatchType.StrategicMergePatch), "api", world.Namespace, cancellationToken: Cancellation);
        await world.Prunella.UntilAsync(world.Namespace, "AwaitingApproval");
        await world.Prunella.ApproveAsync(world.Namespace);
        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Attempts().ShouldHaveSingleItem().Text("action").ShouldBe("rollback-rollout");
        (await world.Cluster.DeploymentAsync("api")).Spec.Template.Spec.Containers[0].Image.ShouldBe("busybox");
        (await world.MeasureAsync("bad image", incident)).Detect.ShouldBeLessThanOrEqualTo(DetectMax);
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task WatchIsNotGranted_IsReportedOnceByVerbAndResource_TheRestGoesOn()
    {
        await using var world = await OperatedCluster.OpenAsync(cluster => LeastPrivilege.GrantAsync(cluster, withheld: "horizontalpodautoscalers"));
        await world.StartServerAsync(stage: null);
        await world.Prunella.UntilWatchingAsync();

        await world.DeployAsync("api", 1, "exit 3", ready: false);
        var incident = await world.Prunella.UntilAsync(world.Namespace, "Closed", "Escalated");

        incident.Text("summary", "state").ShouldNotBeEmpty();
        world.Prunella.Output.Split('\n').Count(line => line.Contains("Not permitted to list horizontalpodautoscalers.autoscaling", StringComparison.Ordinal)).ShouldBe(1, world.Prunella.Output);
    }

    [Fact]
    public async Task TwoReplicas_ExactlyOneActs_AndTheOtherTakesOverWhenItIsKilled()
    {
        await using var world = await OperatedCluster.OpenAsync();
        var one = await world.StartServerAsync();
        await one.UntilWatchingAsync();
        var first = await world.LeaderAsync();
        var other = await world.StartServerAsync();

        await world.DeployAsync("eater", 1, OperatedCluster.Holds(20_000_000), memory: "16Mi", ready: false);
        await one.UntilAsync(world.Namespace, "Resolved");
        (await other.IncidentsAsync(world.Namespace)).ShouldBeEmpty("it stands by");
        var lease = (await other.GetAsync("/api/v1/status"))["lease"]!;
        (lease.Text("state"), lease.Text("holder")).ShouldBe(("Following", first));
        (await world.Cluster.ActionEventsAsync()).ShouldHaveSingleItem();

        await one.KillAsync();
        await Patience.UntilAsync(async () => await world.LeaderAsync() is { Length: > 0 } leader && leader != first, "the other replica to lead");
        await world.DeployAsync("glutton", 1, OperatedCluster.Holds(20_000_000), memory: "16Mi", ready: false);
        await other.UntilAsync(world.Namespace, "Resolved");

        (await world.Cluster.ActionEventsAsync()).Count.ShouldBe(2);
        await other.ShouldHaveIntactLedgerAsync();
    }

    [Fact]
    public async Task LeaderIsKilledMidFix_ItsSuccessorLooks_AndNeverActsAgain()
    {
        ApiProxy? proxy = null;
        await using var world = await OperatedCluster.OpenAsync(async cluster => (proxy = await ApiProxy.StartAsync(cluster.Kubeconfig)).Kubeconfig);
        var server = await world.StartServerAsync();
        await server.UntilWatchingAsync();
        var held = proxy!.HoldNext(call => call.Mutates && call.Path.Contains("/deployments/", StringComparison.Ordinal), HoldPoint.AfterForwarding);
        await world.DeployAsync("eater", 1, OperatedCluster.Holds(20_000_000), memory: "16Mi", ready: false);
        await held.WaitAsync(TimeSpan.FromSeconds(150), TimeProvider.System, Cancellation);

        await server.KillAsync();
        await world.StartAgainAsync(server);
        var incident = await server.UntilAsync(world.Namespace, "Resolved");

        (await server.LedgerAsync(incident)).Select(entry => entry.Text("kind")).Where(kind => kind is "intent" or "effect" or "outcome").ShouldBe(["intent", "effect", "outcome"]);
        (await server.LedgerAsync(incident)).Single(entry => entry.Text("kind") == "effect").Text("payload", "text").ShouldContain("settled by observation");
        (await world.Cluster.DeploymentAsync("eater")).Spec.Template.Spec.Containers[0].Resources.Limits["memory"].ToString().ShouldBe("24Mi");
        await server.ShouldHaveIntactLedgerAsync();
        await proxy.DisposeAsync();
    }
}
