namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class ConfigMissingTests
{
    [Fact]
    public void ConfigMap_IsNamed() =>
        Diagnosed.Recorded("config-map-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "ConfigMap api-settings", "kubernetes/container");

    [Fact]
    public void Key_IsNamedWithTheKeysThereAre() =>
        Diagnosed.Recorded("config-key-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "ConfigMap api-settings key DATABASE_URL", "kubernetes/configmap").Evidence.ShouldContain(fact => fact.Text.Contains("DATABASE_HOST"));

    [Fact]
    public void SecretOfAnInitContainer_IsNamed() =>
        Diagnosed.Recorded("secret-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "Secret db-credentials", "kubernetes/container").Summary.ShouldContain("init container setup");

    [Fact]
    public void KeyOfASecret_IsNamed() =>
        Diagnosed.Recorded("secret-key-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "Secret db-credentials key password", "kubernetes/container");

    [Fact]
    public void MountedSecret_IsNamed() =>
        Diagnosed.Recorded("mount-secret-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "Secret api-tls", "kubernetes/event");

    [Fact]
    public void MountedKey_IsNamed() =>
        Diagnosed.Recorded("mount-key-missing").Root().ShouldBe("config-missing", "Deployment shop/api", "ConfigMap settings key logging.yaml", "kubernetes/event");
}
