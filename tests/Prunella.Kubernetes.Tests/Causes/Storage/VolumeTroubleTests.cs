namespace Prunella.Kubernetes.Tests.Causes.Storage;

public sealed class VolumeTroubleTests
{
    [Fact]
    public void VolumeThatCannotBeReclaimed_NamesTheClaimWhoseDataItKeeps() =>
        Diagnosed.Recorded("volume-failed").Root().ShouldBe("volume-failed", "PersistentVolume shop", "Failed", "kubernetes/persistentvolume").Summary.ShouldContain("claim shop/data");

    // Hand-written after the API's documentation: the test cluster has no provisioner.
    [Fact]
    public void Failed_IsTold() =>
        Diagnosed.From("apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv1 }\nspec: { claimRef: { namespace: shop, name: data } }\nstatus: { phase: Failed, message: no deleter }\n").Root().ShouldBe("volume-failed", "PersistentVolume pv1", "Failed", "kubernetes/persistentvolume");

    [Fact]
    public void Released_IsAHint_ThatNamesTheClaimWhoseDataItKeeps()
    {
        var findings = Diagnosed.From("apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv1 }\nspec: { claimRef: { namespace: shop, name: data } }\nstatus: { phase: Released }\n");

        findings.ShouldBeWell();
        findings.Only("volume-failed").Summary.ShouldContain("claim shop/data, which is gone");
    }

    [Theory]
    [InlineData("Bound")]
    [InlineData("Available")]
    public void VolumeInUseOrFree_IsNothing(string phase) =>
        Diagnosed.From($"apiVersion: v1\nkind: PersistentVolume\nmetadata: {{ name: pv1 }}\nspec: {{}}\nstatus: {{ phase: {phase} }}\n").ShouldBeEmpty();
}
