namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class UntoleratedTaintTests
{
    [Fact]
    public void Taint_ThatNothingTolerates_IsNamed() =>
        Diagnosed.Recorded("untolerated-taint").Root().ShouldBe("untolerated-taint", "Deployment shop/api", "dedicated: database", "kubernetes/pod").Advice.ShouldContain("toleration for dedicated");

    // Hand-written after the scheduler's sources: another version's words.
    [Fact]
    public void TaintOfNewerSchedulers_IsNamed() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.\" }")).Root().ShouldBe("untolerated-taint", "Deployment shop/api", "dedicated: gpu", "kubernetes/pod").Advice.ShouldContain("toleration for dedicated");

    // Hand-written after the scheduler's sources: another version's words.
    [Fact]
    public void TaintOfOlderSchedulers_IsNamed() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, conditions: "{ type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) had taint {dedicated: gpu}, that the pod didn''t tolerate.\" }")).Root().ShouldBe("untolerated-taint", "Deployment shop/api", "dedicated: gpu", "kubernetes/pod");
}
