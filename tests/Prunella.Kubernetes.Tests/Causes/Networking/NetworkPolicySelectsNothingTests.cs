namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class NetworkPolicySelectsNothingTests
{
    [Fact]
    public void Labels_AreNamed() =>
        Diagnosed.Recorded("network-policies").Only("network-policy-selects-nothing").ShouldBe("network-policy-selects-nothing", "NetworkPolicy shop/old", "app=basket", "kubernetes/networkpolicy");
}
