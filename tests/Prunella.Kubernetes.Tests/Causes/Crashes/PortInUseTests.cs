namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class PortInUseTests
{
    [Fact]
    public void PortOfTheSameContainer_IsTold() =>
        Diagnosed.Recorded("crash-port").Root().ShouldBe("port-in-use", "Deployment shop/api", "port", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void Port_IsNamed() =>
        Written.LastWords("Error: listen EADDRINUSE: address already in use :::8080\n").Root().ShouldBe("port-in-use", "Deployment shop/api", "port 8080", "log");
}
