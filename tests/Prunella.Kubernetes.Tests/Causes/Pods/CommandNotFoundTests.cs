namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class CommandNotFoundTests
{
    [Fact]
    public void RuntimeSaysNotFound_NamesTheCommand() =>
        Diagnosed.Recorded("command-missing").Root().ShouldBe("command-not-found", "Deployment shop/api", "/app/server", "kubernetes/container");

    [Fact]
    public void ExitCode127_NamesTheCommandOfTheLog() =>
        Diagnosed.Recorded("command-127").Root().ShouldBe("command-not-found", "Deployment shop/api", "/app/start-server", "log");

    [Fact]
    public void ExitCode126_SaysNotExecutable() =>
        Diagnosed.Recorded("command-126").Root().ShouldBe("command-not-found", "Deployment shop/api", "/tmp/start", "log").Summary.ShouldContain("may not be executed");
}
