namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class PermissionDeniedTests
{
    [Fact]
    public void PathOfTheLog_IsNamed() =>
        Diagnosed.Recorded("crash-permission").Root().ShouldBe("permission-denied", "Deployment shop/api", "/var/log/shop/api.log", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void ReadOnlyFileSystem_AsksForAVolume() =>
        Written.LastWords("OSError: [Errno 30] Read-only file system: '/tmp/cache'\n").Root().ShouldBe("permission-denied", "Deployment shop/api", "/tmp/cache", "log").Advice.ShouldContain("emptyDir");
}
