namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class UnboundClaimTests
{
    [Fact]
    public void MissingClaim_IsNamed() =>
        Diagnosed.Recorded("claim-missing").Root().ShouldBe("unbound-claim", "Deployment shop/api", "orders-data", "kubernetes/pod");

    [Fact]
    public void WaitingForAClaim_IsASymptomOfTheClaim()
    {
        var symptom = Diagnosed.Recorded("claim-without-class").Single(ranked => ranked.Finding.Cause == "unbound-claim");
        symptom.SymptomsOf.ShouldHaveSingleItem().Cause.ShouldBe("claim-pending");
    }
}
