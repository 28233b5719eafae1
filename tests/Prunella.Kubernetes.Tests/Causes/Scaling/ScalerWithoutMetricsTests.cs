namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class ScalerWithoutMetricsTests
{
    // Hand-written after the API's documentation: the test cluster has no metrics server.
    [Fact]
    public void MetricsServerAbsent_IsTold() =>
        Diagnosed.From("""
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: { name: api, namespace: shop }
            spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: api }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }] }
            status: { desiredReplicas: 2, currentReplicas: 2, currentMetrics: [{ type: Resource, resource: { name: cpu, current: { averageUtilization: 0 } } }], conditions: [{ type: ScalingActive, status: "False", reason: FailedGetResourceMetric, message: "unable to get metrics for resource cpu: no metrics returned from resource metrics API" }] }
            """).Root().ShouldBe("hpa-without-metrics", "HorizontalPodAutoscaler shop/api", "FailedGetResourceMetric", "kubernetes/horizontalpodautoscaler");
}
