namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class InsufficientResourcesTests
{
    [Fact]
    public void HostPort_ThatAnotherPodHolds_IsNamed() =>
        Diagnosed.Recorded("host-port").Root().ShouldBe("insufficient-resources", "Deployment shop/api", "hostPort 8099", "kubernetes/pod");

    [Fact]
    public void Cpu_MoreThanTheLargestNodeHas_IsNamed() =>
        Diagnosed.Recorded("insufficient-cpu").Root().ShouldBe("insufficient-resources", "Deployment shop/api", "cpu", "kubernetes/pod").Summary.ShouldContain("the largest node has 2 cores");

    [Fact]
    public void Memory_MoreThanTheLargestNodeHas_IsNamed() =>
        Diagnosed.Recorded("insufficient-memory").Root().ShouldBe("insufficient-resources", "Deployment shop/api", "memory", "kubernetes/pod");

    [Fact]
    public void Gpu_ThatNoNodeOffers_IsNamed() =>
        Diagnosed.Recorded("insufficient-gpu").Root().ShouldBe("insufficient-resources", "Deployment shop/api", "nvidia.com/gpu", "kubernetes/pod").Summary.ShouldContain("no node offers");

    // The node has no kubelet, only room for one pod: it is silent, and what waits for it would not run there either.
    [Fact]
    public void TooManyPods_IsNamed() =>
        Diagnosed.Recorded("too-many-pods").Only("insufficient-resources").ShouldBe("insufficient-resources", "Deployment shop/api", "pods", "kubernetes/pod").Summary.ShouldStartWith("1 node already runs as many pods as it may.");

    // Hand-written after the scheduler's sources: another version's words.
    [Fact]
    public void ControlPlaneTaintBeside_DoesNotHideIt() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory. preemption: 0/3 nodes are available.\" }")).Root().ShouldBe("insufficient-resources", "Deployment shop/api", "memory", "kubernetes/pod");

    // Hand-written after the scheduler's sources.
    [Fact]
    public void HostPort_ThatIsTakenEverywhere_IsNamed()
    {
        var finding = Diagnosed.From(Written.Pod(container: "ports: [{ containerPort: 80, hostPort: 8080 }]", status: "", phase: "Pending", ready: false,
            conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.\" }")).Root();

        finding.ShouldBe("insufficient-resources", "Deployment shop/api", "hostPort 8080", "kubernetes/pod");
        finding.Summary.ShouldContain("taken on 2 nodes");
    }
}
