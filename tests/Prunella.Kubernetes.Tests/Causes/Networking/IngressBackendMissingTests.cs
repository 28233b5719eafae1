namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class IngressBackendMissingTests
{
    [Fact]
    public void ServiceAndPort_AreNamed()
    {
        var offenders = Diagnosed.Recorded("ingress").Where(ranked => ranked.Finding.Cause == "backend-missing").Select(ranked => ranked.Finding.Offender);
        offenders.ShouldBe(["service web", "service api port 8081"], ignoreOrder: true);
    }
}
