namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class StatefulSetServiceMissingTests
{
    [Fact]
    public void Service_IsNamed() =>
        Diagnosed.Recorded("stateful-set-service-missing").Root().ShouldBe("stateful-set-service-missing", "StatefulSet shop/db", "service db-headless", "kubernetes/statefulset");
}
