namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class TargetPortUnservedTests
{
    [Fact]
    public void NumberAndName_AreNamed()
    {
        var findings = Diagnosed.Recorded("target-port").Where(ranked => ranked.Finding.Cause == "target-port-unserved").ToList();
        findings.Single(ranked => ranked.Finding.Target.Name == "api").Finding.ShouldBe("target-port-unserved", "Service shop/api", "targetPort 3000", "kubernetes/pod");
        findings.Single(ranked => ranked.Finding.Target.Name == "metrics").Finding.ShouldBe("target-port-unserved", "Service shop/metrics", "targetPort metrics", "kubernetes/service");
    }
}
