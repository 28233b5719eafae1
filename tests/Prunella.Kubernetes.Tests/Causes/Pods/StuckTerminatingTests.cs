namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class StuckTerminatingTests
{
    [Fact]
    public void Finalizer_IsNamed() =>
        Diagnosed.Recorded("stuck-terminating").Root().ShouldBe("stuck-terminating", "Pod shop/worker", "shop.example/hold", "kubernetes/pod");
}
