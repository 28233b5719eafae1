namespace Prunella.Kubernetes.Tests.Causes.Probes;

public sealed class ReadinessFailingTests
{
    [Fact]
    public void PortThatNobodyServes_NamesThePortsThereAre() =>
        Diagnosed.Recorded("readiness-port").Root().ShouldBe("readiness-probe-failing", "Deployment shop/api", "port 9090", "kubernetes/event").Summary.ShouldContain("8080 (http)");

    [Fact]
    public void CommandThatFails_IsNamed() =>
        Diagnosed.Recorded("service-not-ready").Root().ShouldBe("readiness-probe-failing", "Deployment shop/api", "command", "kubernetes/event");
}
