using k8s;
using k8s.Models;
using Prunella.EndToEnd.Processes;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>A container that the kernel really throttles, by the kubelet's own counts.</summary>
public class CpuThrottledTests
{
    [Fact]
    public async Task LimitIsTooSmall_IsRaised_NothingThrottlesAnyMore()
    {
        await using var world = await World.StartAsync();
        world.Exporter.TellsUsage = true;
        // It asks for all that it may have until it may have 150 thousandths of a core, and so is throttled or is not on any machine.
        await world.Cluster.Client.CreateNamespacedDeploymentAsync(Busy("100m"), world.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        await world.Cluster.UntilReadyAsync("pricing");

        var incident = await world.Prunella.UntilAsync(world.Namespace, "Resolved");

        incident.Text("diagnosis", "cause").ShouldBe("cpu-throttled");
        var attempt = incident.Attempts().ShouldHaveSingleItem();
        attempt.Text("action").ShouldBe("raise-cpu-limit");
        attempt.Text("verdict").ShouldBe("Execute");
        attempt.Text("validation").ShouldBe("Fixed");
        var deployment = await world.Cluster.DeploymentAsync("pricing");
        deployment.Spec.Template.Spec.Containers[0].Resources.Limits["cpu"].ToString().ShouldBe("150m");
        deployment.Status.ReadyReplicas.ShouldBe(1);
        (await world.Prunella.LedgerAsync(incident)).Single(entry => entry.Text("kind") == "intent").Text("payload", "undo").ShouldContain("100m");
        // The alert is the old pod's; it goes when Prometheus has seen that the pod has gone.
        await Patience.UntilAsync(async () => !(await world.Prometheus.FiringAsync()).Contains("CPUThrottlingHigh"), "the alert to end");
        await world.Prunella.ShouldHaveIntactLedgerAsync();
    }

    private static V1Deployment Busy(string limit)
    {
        var labels = new Dictionary<string, string> { ["app"] = "pricing" };
        var container = new V1Container
        {
            Name = "app", Image = "busybox", ImagePullPolicy = "IfNotPresent", Command = ["sh", "-c", "while [ \"$MAY\" -lt 150 ]; do :; done; exec sleep 1000000"],
            Env = [new V1EnvVar { Name = "MAY", ValueFrom = new V1EnvVarSource { ResourceFieldRef = new V1ResourceFieldSelector { Resource = "limits.cpu", Divisor = new ResourceQuantity("1m") } } }],
            Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(limit) }, Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("50m") } },
        };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "pricing" },
            Spec = new V1DeploymentSpec { Replicas = 1, Selector = new V1LabelSelector { MatchLabels = labels }, Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = new V1PodSpec { TerminationGracePeriodSeconds = 1, Containers = [container] } } },
        };
    }
}
