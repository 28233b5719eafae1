namespace Prunella.Kubernetes.Tests.Causes.Probes;

public sealed class StartupFailingTests
{
    [Fact]
    public void PathThatDoesNotExist_IsNamed() =>
        Diagnosed.Recorded("startup-probe").Root().ShouldBe("startup-probe-failing", "Deployment shop/api", "path /started", "kubernetes/event");
}
