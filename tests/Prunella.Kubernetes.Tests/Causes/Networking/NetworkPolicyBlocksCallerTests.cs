namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class NetworkPolicyBlocksCallerTests
{
    [Fact]
    public void BothDirections_AreTold()
    {
        var offenders = Diagnosed.Recorded("network-policies").Where(ranked => ranked.Finding.Cause == "network-policy-blocks-caller").Select(ranked => ranked.Finding.Offender);
        offenders.ShouldBe(["network policy api-ingress to api", "network policy web-egress to api"], ignoreOrder: true);
    }
}
