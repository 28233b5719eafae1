namespace Prunella.Kubernetes.Tests.Causes.Storage;

public sealed class StorageClassMissingTests
{
    [Fact]
    public void Class_IsNamedAndExplainsThePod()
    {
        var findings = Diagnosed.Recorded("storage-class-missing");
        findings.Root().ShouldBe("storage-class-missing", "PersistentVolumeClaim shop/data", "storage class fast-ssd", "kubernetes/event");
        findings.Only("unbound-claim").Target.ToString().ShouldBe("Deployment shop/api");
    }
}
