namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class PodAntiAffinityTests
{
    [Fact]
    public void MoreReplicasThanNodes_IsExplained() =>
        Diagnosed.Recorded("anti-affinity").Root().ShouldBe("pod-anti-affinity", "Deployment shop/api", "app=api", "kubernetes/pod").Summary.ShouldContain("3 replicas");
}
