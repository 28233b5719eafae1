namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class ScalerTargetUnsupportedTests
{
    [Fact]
    public void Kind_IsNamed() =>
        Diagnosed.Recorded("hpa-unsupported").Root().ShouldBe("hpa-target-unsupported", "HorizontalPodAutoscaler shop/agents", "DaemonSet", "kubernetes/horizontalpodautoscaler");
}
