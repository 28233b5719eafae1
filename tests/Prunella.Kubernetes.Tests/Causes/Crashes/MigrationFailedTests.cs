namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class MigrationFailedTests
{
    [Fact]
    public void NameAndReason_AreTold() =>
        Diagnosed.Recorded("crash-migration").Root().ShouldBe("migration-failed", "Deployment shop/api", "0042_add_discount", "log").Summary.ShouldContain("already exists");
}
