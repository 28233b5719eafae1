namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class RbacDeniedTests
{
    [Fact]
    public void VerbResourceAndSubject_AreNamed() =>
        Diagnosed.Recorded("rbac").Root().ShouldBe("rbac-denied", "Deployment shop/api", "list secrets in namespace shop by system:serviceaccount:shop:default", "log");
}
