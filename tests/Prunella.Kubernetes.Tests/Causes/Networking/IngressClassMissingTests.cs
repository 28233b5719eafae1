namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class IngressClassMissingTests
{
    [Fact]
    public void Class_IsNamed() =>
        Diagnosed.Recorded("ingress").Only("ingress-class-missing").ShouldBe("ingress-class-missing", "Ingress shop/shop", "class nginx", "kubernetes/ingress");

    // Hand-written: what the operator watches has no classes in it.
    [Fact]
    public void ClassesWereNotRead_IsNoMoreThanAHint() =>
        Diagnosed.From("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: shop, namespace: shop }\nspec: { ingressClassName: nginx }\n").Only("ingress-class-missing").Severity.ShouldBe(Incidents.Severity.Info);
}
