namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class ConfigMapEmptyTests
{
    [Fact]
    public void WithoutKeys_IsAHint() =>
        Diagnosed.Recorded("config-maps").Only("config-map-empty").ShouldBe("config-map-empty", "ConfigMap shop/hollow", "hollow", "kubernetes/configmap");
}
