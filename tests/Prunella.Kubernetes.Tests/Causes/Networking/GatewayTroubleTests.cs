namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class GatewayTroubleTests
{
    // Hand-written after the API's documentation: the test cluster has no gateway controller.
    [Fact]
    public void RefusedListenerAndRoute_AreTold()
    {
        var findings = Diagnosed.From("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: { name: front, namespace: shop }
            spec: { gatewayClassName: envoy }
            status: { conditions: [{ type: Accepted, status: "True" }], listeners: [{ name: https, conditions: [{ type: ResolvedRefs, status: "False", reason: InvalidCertificateRef, message: secret shop-tls not found }] }] }
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: { name: api, namespace: shop }
            spec: { parentRefs: [{ name: fornt }] }
            """);
        findings.Select(ranked => (ranked.Finding.Target.Name, ranked.Finding.Offender)).ShouldBe([("api", "gateway fornt"), ("front", "listener https: InvalidCertificateRef")], ignoreOrder: true);
    }
}
