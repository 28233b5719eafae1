namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class StuckTerminatingTests
{
    [Fact]
    public void Finalizer_IsNamed() =>
        Diagnosed.Recorded("stuck-terminating").Root().ShouldBe("stuck-terminating", "Pod shop/worker", "shop.example/hold", "kubernetes/pod");

    // Hand-written after the API's documentation.
    [Fact]
    public void Namespace_ThatDoesNotEnd_NamesItsFinalizerAndWhatIsLeft()
    {
        var finding = Diagnosed.From("""
            apiVersion: v1
            kind: Namespace
            metadata: { name: shop, deletionTimestamp: '2026-01-01T00:00:00Z' }
            spec: { finalizers: [kubernetes] }
            status: { phase: Terminating, conditions: [{ type: NamespaceContentRemaining, status: 'True', message: "Some resources are remaining: orders.example.com has 3 resource instances", lastTransitionTime: '2026-01-01T00:10:00Z' }] }
            """).Root();

        finding.ShouldBe("stuck-terminating", "Namespace shop", "kubernetes", "kubernetes/namespace");
        finding.Evidence.ShouldContain(fact => fact.Text.Contains("orders.example.com", StringComparison.Ordinal));
        finding.Remedies.ShouldBeEmpty("finalizers guard something");
    }
}
