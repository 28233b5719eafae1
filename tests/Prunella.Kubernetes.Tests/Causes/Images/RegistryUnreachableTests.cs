namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class RegistryUnreachableTests
{
    [Fact]
    public void NameThatCannotBeResolved_NamesTheRegistry() =>
        Diagnosed.Recorded("registry-unreachable").Root().ShouldBe("registry-unreachable", "Deployment shop/api", "registry.invalid", "kubernetes/container").Summary.ShouldContain("cannot be resolved");
}
