namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class ScaledToZeroTests
{
    [Fact]
    public void TrafficLedToNobody_ProposesReplicas() =>
        Diagnosed.Recorded("scaled-to-zero").Only("scaled-to-zero").ShouldBe("scaled-to-zero", "Deployment shop/api", "replicas 0", "kubernetes/deployment").Remedies.ShouldHaveSingleItem().Action.ShouldBe("scale-up");

    [Fact]
    public void WhetherSomebodyMeantIt_IsForAPersonToSay() =>
        Diagnosed.Recorded("scaled-to-zero").Only("scaled-to-zero").Confidence.ShouldBeLessThan(new Remediation.Judging.GateOptions().ConfidenceMin);
}
