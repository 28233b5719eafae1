namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class QuotaExceededTests
{
    [Fact]
    public void Quota_IsNamed() =>
        Diagnosed.Recorded("quota").Root().ShouldBe("quota-exceeded", "Deployment shop/api", "quota team", "kubernetes/replicaset");
}
