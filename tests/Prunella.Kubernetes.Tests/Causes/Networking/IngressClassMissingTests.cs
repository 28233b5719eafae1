namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class IngressClassMissingTests
{
    [Fact]
    public void Class_IsNamed() =>
        Diagnosed.Recorded("ingress").Only("ingress-class-missing").ShouldBe("ingress-class-missing", "Ingress shop/shop", "class nginx", "kubernetes/ingress");
}
