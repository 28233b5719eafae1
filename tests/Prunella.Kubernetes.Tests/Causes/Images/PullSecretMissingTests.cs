namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class PullSecretMissingTests
{
    [Fact]
    public void NamedSecretThatIsNotThere_IsNamed() =>
        Diagnosed.Recorded("pull-secret-missing").Root().ShouldBe("pull-secret-missing", "Deployment shop/api", "registry-credentials", "kubernetes/container");
}
