namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class ImageUnauthorisedTests
{
    [Fact]
    public void RefusedByTheRegistry_AsksForAPullSecret() =>
        Diagnosed.Recorded("image-unauthorised").Root().ShouldBe("image-unauthorised", "Deployment shop/api", "registry.example/shop/api:2.1.0", "kubernetes/container").Advice.ShouldContain("pull secret");
}
