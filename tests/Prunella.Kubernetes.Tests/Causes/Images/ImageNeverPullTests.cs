namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class ImageNeverPullTests
{
    [Fact]
    public void PolicyNever_IsExplained() =>
        Diagnosed.Recorded("image-never-pull").Root().ShouldBe("image-never-pull", "Deployment shop/api", "shop/api:2.1.0", "kubernetes/container");
}
