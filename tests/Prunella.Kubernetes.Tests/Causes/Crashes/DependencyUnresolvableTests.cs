namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class DependencyUnresolvableTests
{
    [Fact]
    public void HostOfTheLog_IsNamed() =>
        Diagnosed.Recorded("crash-unresolvable").Root().ShouldBe("dependency-unresolvable", "Deployment shop/api", "orders-db.prod.internal", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void GoLookup_NamesTheHost() =>
        Written.LastWords("dial tcp: lookup ordres on 10.96.0.10:53: no such host\n").Root().ShouldBe("dependency-unresolvable", "Deployment shop/api", "ordres", "log");
}
