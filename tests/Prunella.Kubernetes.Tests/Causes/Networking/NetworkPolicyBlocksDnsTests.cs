namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class NetworkPolicyBlocksDnsTests
{
    [Fact]
    public void Policy_IsNamed() =>
        Diagnosed.Recorded("network-policies").Only("network-policy-blocks-dns").ShouldBe("network-policy-blocks-dns", "Deployment shop/web", "web-egress", "kubernetes/networkpolicy");
}
