namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class ServiceWithoutEndpointsTests
{
    [Fact]
    public void ServiceOfALeaderElection_IsNothing() =>
        Diagnosed.Recorded("leader-election").ShouldBeWell();

    [Fact]
    public void LabelThatDoesNotFit_IsNamed() =>
        Diagnosed.Recorded("service-selector").Root().ShouldBe("service-selects-nothing", "Service shop/api", "tier=backend", "kubernetes/service").Summary.ShouldContain("no label tier");

    // Hand-written after the API's documentation: leader elections by services are of older clients.
    [Fact]
    public void LockOfALeaderElection_IsNothing() =>
        Diagnosed.From("""
            apiVersion: v1
            kind: Service
            metadata: { name: lock, namespace: shop, annotations: { control-plane.alpha.kubernetes.io/leader: '{"holderIdentity":"a"}' } }
            spec: { selector: { app: nobody } }
            """ + "\n" + Written.Pod()).ShouldBeWell();
}
