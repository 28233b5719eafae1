namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class ConnectionPoolExhaustedTests
{
    [Fact]
    public void LogOfARunningPod_NamesThePool() =>
        Diagnosed.Recorded("pool-exhausted").Root().ShouldBe("connection-pool-exhausted", "Deployment shop/api", "HikariPool-1", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void HikariTimeouts_NameThePool() =>
        Written.Logs("HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=42)\nHikariPool-1 - Connection is not available, request timed out after 30001ms (total=10, active=10, idle=0, waiting=44)\n").Root().ShouldBe("connection-pool-exhausted", "Deployment shop/api", "HikariPool-1", "log").Remedies[0].Action.ShouldBe("rotate-connection-pool");

    [Fact]
    public void OneOddLine_IsNothing() =>
        Written.Logs("HikariPool-1 - Connection is not available, request timed out after 30000ms\n").ShouldBeWell();
}
