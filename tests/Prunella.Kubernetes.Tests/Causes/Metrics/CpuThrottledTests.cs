namespace Prunella.Kubernetes.Tests.Causes.Metrics;

public sealed class CpuThrottledTests
{
    [Fact]
    public void PodThatUsesAllItMay_ByTheMetricsApi_ProposesMore() =>
        Diagnosed.Recorded("cpu-throttled").Root().ShouldBe("cpu-throttled", "Deployment shop/api", "cpu of app", "kubernetes/metrics").Remedies.ShouldHaveSingleItem().Action.ShouldBe("raise-cpu-limit");

    // Hand-written beside the recording, for the edges of the bound.
    [Fact]
    public void UsageAtTheLimit_ProposesMore() =>
        Diagnosed.From(Written.Pod("resources: { limits: { cpu: 200m } }") + "---\napiVersion: metrics.k8s.io/v1beta1\nkind: PodMetrics\nmetadata: { name: api-7d9f-x1, namespace: shop }\ncontainers: [{ name: app, usage: { cpu: 199000000n } }]\n")
            .Root().ShouldBe("cpu-throttled", "Deployment shop/api", "cpu of app", "kubernetes/metrics").Remedies.ShouldHaveSingleItem().Action.ShouldBe("raise-cpu-limit");

    [Fact]
    public void HalfTheLimit_IsNothing() =>
        Diagnosed.From(Written.Pod("resources: { limits: { cpu: 200m } }") + "---\napiVersion: metrics.k8s.io/v1beta1\nkind: PodMetrics\nmetadata: { name: api-7d9f-x1, namespace: shop }\ncontainers: [{ name: app, usage: { cpu: 100m } }]\n").ShouldBeWell();
}
