namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class ServiceAccountMissingTests
{
    [Fact]
    public void Account_IsNamed() =>
        Diagnosed.Recorded("service-account-missing").Root().ShouldBe("service-account-missing", "Deployment shop/api", "service account orders", "kubernetes/replicaset");
}
