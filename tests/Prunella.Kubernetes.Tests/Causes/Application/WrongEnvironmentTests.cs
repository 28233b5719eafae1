namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class WrongEnvironmentTests
{
    [Fact]
    public void StagingHostInPodsLabelledProduction_WhichItsLogMisses_NamesTheVariable() =>
        Diagnosed.Recorded("wrong-environment").Root().ShouldBe("wrong-environment", "Deployment shop/api", "PAYMENTS_URL", "kubernetes/pod").Confidence.ShouldBeGreaterThan(0.8);

    [Fact]
    public void StagingHostInProduction_NamesTheVariable() =>
        Diagnosed.From(Written.Pod("env: [{ name: PAYMENTS_URL, value: 'https://payments.staging.shop.example/v1' }]").Replace("namespace: shop", "namespace: shop-prod", StringComparison.Ordinal))
            .Root().ShouldBe("wrong-environment", "Deployment shop-prod/api", "PAYMENTS_URL", "kubernetes/pod").Summary.ShouldContain("payments.staging.shop.example");

    [Fact]
    public void OwnEnvironment_IsNothing() =>
        Diagnosed.From(Written.Pod("env: [{ name: PAYMENTS_URL, value: 'https://payments.prod.shop.example/v1' }]").Replace("namespace: shop", "namespace: shop-prod", StringComparison.Ordinal)).ShouldBeWell();
}
