namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class DiskFullTests
{
    [Fact]
    public void PathOfTheLog_IsNamed() =>
        Diagnosed.Recorded("crash-disk-full").Root().ShouldBe("disk-full", "Deployment shop/api", "/data/wal/000001", "log");
}
