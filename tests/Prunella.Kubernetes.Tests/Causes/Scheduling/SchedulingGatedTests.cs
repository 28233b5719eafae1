namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class SchedulingGatedTests
{
    // Hand-written after the API's documentation: the test cluster is older than scheduling gates.
    [Fact]
    public void Gate_ThatNobodyLifts_IsNamed() =>
        Diagnosed.From(Written.Pod(status: "", phase: "Pending", ready: false, spec: "schedulingGates: [{ name: shop.example/quota }]", conditions: "{ type: PodScheduled, status: 'False', reason: SchedulingGated, lastTransitionTime: '2026-01-01T00:00:00Z' }") + Written.Event("Pod/other", "Later", "an hour later", "Normal"))
            .Root().ShouldBe("scheduling-gated", "Deployment shop/api", "shop.example/quota", "kubernetes/pod");
}
