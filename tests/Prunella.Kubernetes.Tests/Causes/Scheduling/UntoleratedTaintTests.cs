namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class UntoleratedTaintTests
{
    // Hand-written after the API's documentation: the test cluster has one node without taints.
    [Fact]
    public void TaintOfNewerSchedulers_IsNamed() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.\" }")).Root().ShouldBe("untolerated-taint", "Deployment shop/api", "dedicated: gpu", "kubernetes/pod").Advice.ShouldContain("toleration for dedicated");

    // Hand-written after the API's documentation: the test cluster has one node without taints.
    [Fact]
    public void TaintOfOlderSchedulers_IsNamed() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) had taint {dedicated: gpu}, that the pod didn''t tolerate.\" }")).Root().ShouldBe("untolerated-taint", "Deployment shop/api", "dedicated: gpu", "kubernetes/pod");
}
