namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class ScalerAtMaximumTests
{
    [Fact]
    public void AutoscalerAtItsBound_ProposesAWiderOne()
    {
        var finding = Diagnosed.Recorded("hpa-at-maximum").Only("hpa-at-maximum").ShouldBe("hpa-at-maximum", "HorizontalPodAutoscaler shop/api", "maxReplicas 2", "kubernetes/horizontalpodautoscaler");
        finding.Remedies.ShouldHaveSingleItem().Parameters["max"].ShouldBe("3");
    }

    [Fact]
    public void IdleAutoscalerAtItsMinimum_WhoseFirstTriesFailed_IsNothing() => Diagnosed.Recorded("hpa-at-minimum").ShouldBeWell();

    // Hand-written after the API's documentation: the test cluster is too old for autoscaling/v2.
    [Fact]
    public void WantsMore_ProposesAWiderBound() =>
        Diagnosed.From("""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: { name: api, namespace: shop }
            spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: api }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }] }
            status: { desiredReplicas: 5, currentReplicas: 5, currentMetrics: [{ type: Resource, resource: { name: cpu, current: { averageUtilization: 140 } } }], conditions: [{ type: ScalingLimited, status: "True", reason: TooManyReplicas, message: "the desired replica count is more than the maximum replica count" }] }
            """).Root().ShouldBe("hpa-at-maximum", "HorizontalPodAutoscaler shop/api", "maxReplicas 5", "kubernetes/horizontalpodautoscaler").Remedies.ShouldHaveSingleItem().Parameters["max"].ShouldBe("8");

    // Hand-written after the API's documentation: the test cluster is too old for autoscaling/v2.
    [Fact]
    public void LimitedAtItsMinimum_IsNothing() =>
        Diagnosed.From("""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: { name: api, namespace: shop }
            spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: api }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }] }
            status: { desiredReplicas: 2, currentReplicas: 2, currentMetrics: [{ type: Resource, resource: { name: cpu, current: { averageUtilization: 10 } } }], conditions: [{ type: ScalingLimited, status: "True", reason: TooFewReplicas, message: "the desired replica count is less than the minimum replica count" }] }
            """).ShouldBeEmpty();
}
