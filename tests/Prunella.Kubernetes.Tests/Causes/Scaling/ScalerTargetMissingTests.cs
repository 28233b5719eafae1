namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class ScalerTargetMissingTests
{
    [Fact]
    public void Target_IsNamed() =>
        Diagnosed.Recorded("hpa-target-missing").Root().ShouldBe("hpa-target-missing", "HorizontalPodAutoscaler shop/api", "Deployment shop/api-server", "kubernetes/horizontalpodautoscaler");
}
