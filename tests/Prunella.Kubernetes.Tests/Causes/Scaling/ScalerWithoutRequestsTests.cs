namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class ScalerWithoutRequestsTests
{
    [Fact]
    public void Container_IsNamed() =>
        Diagnosed.Recorded("hpa-no-metrics").Root().ShouldBe("hpa-without-requests", "HorizontalPodAutoscaler shop/api", "cpu request of app", "kubernetes/deployment");
}
