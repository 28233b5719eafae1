namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class ServiceNotReadyTests
{
    [Fact]
    public void PodsNotReady_IsTheirSymptom()
    {
        var symptom = Diagnosed.Recorded("service-not-ready").Single(ranked => ranked.Finding.Target.Kind == "Service");
        symptom.Finding.ShouldBe("service-without-ready-pods", "Service shop/api", "not-ready", "kubernetes/endpoints");
        symptom.SymptomsOf.ShouldHaveSingleItem().Cause.ShouldBe("readiness-probe-failing");
    }
}
