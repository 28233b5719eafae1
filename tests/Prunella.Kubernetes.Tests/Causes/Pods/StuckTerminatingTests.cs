namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class StuckTerminatingTests
{
    [Fact]
    public void Finalizer_IsNamed() =>
        Diagnosed.Recorded("stuck-terminating").Root().ShouldBe("stuck-terminating", "Pod shop/worker", "shop.example/hold", "kubernetes/pod");

    // Hand-written after the API's documentation.
    [Theory]
    [InlineData("00:00:00", true)]
    [InlineData("00:00:40", false)]
    public void PodThatOnlyItsNodeHasToEnd_HasTheTimeThatAKubeletWaitsForItsRuntime(string graceEnded, bool told) =>
        Diagnosed.From(Written.Pod().Replace("namespace: shop, creation", $"namespace: shop, deletionTimestamp: '2026-01-01T{graceEnded}Z', creation", StringComparison.Ordinal)
            + "---\napiVersion: v1\nkind: Node\nmetadata: { name: node1 }\nstatus: { conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:02:10Z' }] }\n").Any(ranked => ranked.Finding.Cause == "stuck-terminating").ShouldBe(told);

    [Fact]
    public void NamespaceThatDoesNotEnd_NamesTheFinalizerThatHoldsIt_AndWhatIsLeft()
    {
        var finding = Diagnosed.Recorded("namespace-stuck").Root();

        finding.ShouldBe("stuck-terminating", "Namespace shop", "", "kubernetes/namespace");
        finding.Summary.ShouldContain("configmaps. has 1 resource instances");
        finding.Summary.ShouldContain("shop.example/hold in 1 resource instances");
        finding.Advice.ShouldContain("would leave that content behind");
    }

    // Hand-written after the API's documentation.
    [Theory]
    [InlineData("00:04:00", false)]
    [InlineData("00:06:00", true)]
    public void NamespaceThatEndsWhatIsInIt_HasLonger(string now, bool told) =>
        Diagnosed.From($$"""
            apiVersion: v1
            kind: Namespace
            metadata: { name: shop, deletionTimestamp: '2026-01-01T00:00:00Z' }
            spec: { finalizers: [kubernetes] }
            status: { phase: Terminating, conditions: [{ type: NamespaceContentRemaining, status: 'True', message: "Some resources are remaining: pods. has 3 resource instances", lastTransitionTime: '2026-01-01T{{now}}Z' }] }
            """).Any(ranked => ranked.Finding.Cause == "stuck-terminating").ShouldBe(told);

    // Hand-written after the API's documentation.
    [Fact]
    public void Namespace_ThatHoldsOwnObjects_NamesWhatIsLeft()
    {
        var finding = Diagnosed.From("""
            apiVersion: v1
            kind: Namespace
            metadata: { name: shop, deletionTimestamp: '2026-01-01T00:00:00Z' }
            spec: { finalizers: [kubernetes] }
            status: { phase: Terminating, conditions: [{ type: NamespaceContentRemaining, status: 'True', message: "Some resources are remaining: orders.example.com has 3 resource instances", lastTransitionTime: '2026-01-01T00:10:00Z' }] }
            """).Root();

        finding.ShouldBe("stuck-terminating", "Namespace shop", "", "kubernetes/namespace");
        finding.Evidence.ShouldContain(fact => fact.Text.Contains("orders.example.com", StringComparison.Ordinal));
        finding.Remedies.ShouldBeEmpty("finalizers guard something");
    }
}
