namespace Prunella.Kubernetes.Tests.Causes.Networking;

public sealed class IngressBackendDownTests
{
    [Fact]
    public void NobodyBehindIt_IsASymptom()
    {
        var symptom = Diagnosed.Recorded("scaled-to-zero").Single(ranked => ranked.Finding.Cause == "backend-down");
        symptom.Finding.Target.ToString().ShouldBe("Ingress shop/shop");
        symptom.SymptomsOf.ShouldContain(root => root.Cause == "scaled-to-zero");
    }
}
