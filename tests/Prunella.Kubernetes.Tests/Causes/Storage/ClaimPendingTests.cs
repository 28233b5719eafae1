namespace Prunella.Kubernetes.Tests.Causes.Storage;

public sealed class ClaimPendingTests
{
    [Fact]
    public void ClassThatWaitsForAPod_IsNothing() =>
        Diagnosed.Recorded("claim-first-consumer").ShouldBeWell();

    [Fact]
    public void NoClassAndNoVolume_IsTold() =>
        Diagnosed.Recorded("claim-without-class").Root().ShouldBe("claim-pending", "PersistentVolumeClaim shop/data", "storageClassName", "kubernetes/event");

    // Hand-written after the API's documentation: the test cluster has no provisioner.
    [Fact]
    public void WaitingForItsFirstConsumer_IsNothing() =>
        Diagnosed.From("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\nspec: { storageClassName: local }\nstatus: { phase: Pending }\n" + Written.Event("PersistentVolumeClaim/data", "WaitForFirstConsumer", "waiting for first consumer to be created before binding", "Normal")).ShouldBeWell();

    [Fact]
    public void VolumeIsGone_ClaimIsLost_AndExplainsThePodThatWaitsForIt()
    {
        var findings = Diagnosed.From("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: shop }\nspec: { volumeName: pv1 }\nstatus: { phase: Lost }\n");

        var finding = findings.Root().ShouldBe("claim-pending", "PersistentVolumeClaim shop/data", "volume pv1", "kubernetes/persistentvolumeclaim");
        finding.Severity.ShouldBe(Incidents.Severity.Critical);
        finding.Advice.ShouldContain("backup");
        finding.Remedies.ShouldBeEmpty("data is for people");
    }
}
