namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class ConfigMapTooLargeTests
{
    // Hand-written after the API's documentation: a recording of that size is not worth keeping.
    [Fact]
    public void NearTheBound_NamesTheLargestKey() =>
        Diagnosed.From($"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: big, namespace: shop }}\ndata: {{ catalogue.csv: {new string('x', 950_000)} }}\n")
            .Only("config-map-too-large").ShouldBe("config-map-too-large", "ConfigMap shop/big", "catalogue.csv", "kubernetes/configmap");
}
