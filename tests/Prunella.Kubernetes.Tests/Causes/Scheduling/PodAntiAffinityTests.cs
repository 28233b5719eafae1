namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class PodAntiAffinityTests
{
    [Fact]
    public void SpreadRule_OverALabelThatNoNodeHas_IsNamed() =>
        Diagnosed.Recorded("spread").Root().ShouldBe("pod-anti-affinity", "Deployment shop/api", "topologySpreadConstraints app=api per topology.kubernetes.io/zone", "kubernetes/pod");

    [Fact]
    public void MoreReplicasThanNodes_IsExplained() =>
        Diagnosed.Recorded("anti-affinity").Root().ShouldBe("pod-anti-affinity", "Deployment shop/api", "app=api", "kubernetes/pod").Summary.ShouldContain("3 replicas");

    // Hand-written after the scheduler's sources: several nodes, and a label that they have.
    [Fact]
    public void SpreadRule_ThatHoldsNowhere_IsNamed()
    {
        var finding = Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, spec: "topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: api } } }]",
            conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.\" }")).Root();

        finding.ShouldBe("pod-anti-affinity", "Deployment shop/api", "topologySpreadConstraints app=api per zone", "kubernetes/pod");
        finding.Summary.ShouldContain("none of 3 nodes");
    }
}
