namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class ContainerStartFailedTests
{
    [Fact]
    public void RunAsNonRoot_IsExplained() =>
        Diagnosed.Recorded("create-error").Root().ShouldBe("container-start-failed", "Deployment shop/api", "runAsNonRoot", "kubernetes/container");
}
