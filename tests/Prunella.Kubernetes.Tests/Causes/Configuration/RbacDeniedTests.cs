namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class RbacDeniedTests
{
    [Fact]
    public void VerbResourceAndSubject_AreNamed() =>
        Diagnosed.Recorded("rbac").Root().ShouldBe("rbac-denied", "Deployment shop/api", "list secrets in namespace shop by system:serviceaccount:shop:default", "log");

    // Hand-written after the API's documentation.
    [Fact]
    public void RefusalInAnEvent_NamesVerbResourceAndAccount()
    {
        var finding = Diagnosed.From(Written.Pod() + Written.Event("Pod/api-7d9f-x1", "FailedSync", "configmaps is forbidden: User \"system:serviceaccount:shop:robot\" cannot watch resource \"configmaps\" in API group \"\" in the namespace \"shop\"")).Only("rbac-denied");

        finding.ShouldBe("rbac-denied", "Deployment shop/api", "watch configmaps in namespace shop", "kubernetes/event");
        finding.Summary.ShouldContain("service account shop/robot");
    }

    [Fact]
    public void RefusalInAnOrdinaryEvent_IsNoDenial() =>
        Diagnosed.From(Written.Pod() + Written.Event("Pod/api-7d9f-x1", "Said", "User \"ana\" cannot list resource \"pods\" in API group \"\"", "Normal")).ShouldBeWell();
}
