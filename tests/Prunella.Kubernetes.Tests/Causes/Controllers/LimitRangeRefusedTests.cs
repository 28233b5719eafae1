namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class LimitRangeRefusedTests
{
    [Fact]
    public void BoundAndResource_AreNamed() =>
        Diagnosed.Recorded("limit-range").Root().ShouldBe("limit-range-refused", "Deployment shop/api", "limit range bounds maximum memory", "kubernetes/replicaset");
}
