namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class IngressTlsSecretMissingTests
{
    [Fact]
    public void Secret_IsNamed() =>
        Diagnosed.Recorded("ingress").Only("tls-secret-missing").ShouldBe("tls-secret-missing", "Ingress shop/shop", "secret shop-tls", "kubernetes/ingress");
}
