namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class ImageNameInvalidTests
{
    [Fact]
    public void UpperCaseRepository_IsExplained() =>
        Diagnosed.Recorded("image-name-invalid").Root().ShouldBe("image-name-invalid", "Deployment shop/api", "shop/Api:2.1.0", "kubernetes/container").Summary.ShouldContain("lower case");
}
