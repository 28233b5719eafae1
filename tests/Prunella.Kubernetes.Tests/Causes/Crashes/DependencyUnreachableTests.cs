namespace Prunella.Kubernetes.Tests.Causes.Crashes;

public sealed class DependencyUnreachableTests
{
    [Fact]
    public void ServiceOfTheCluster_IsTheRoot()
    {
        var findings = Diagnosed.Recorded("crash-refused");
        findings.Root().ShouldBe("permission-denied", "Deployment shop/db", "pg_wal", "log");
        var caller = findings.Single(ranked => ranked.Finding.Cause == "dependency-unreachable");
        caller.Finding.ShouldBe("dependency-unreachable", "Deployment shop/api", "db:5432", "log");
        caller.SymptomsOf.ShouldContain(root => root.Target.Name == "db");
    }

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void NodeError_NamesTheAddress() =>
        Written.LastWords("Error: connect ECONNREFUSED 10.0.0.9:6379\n    at TCPConnectWrap.afterConnect (node:net:1300:16)\n").Root().ShouldBe("dependency-unreachable", "Deployment shop/api", "10.0.0.9:6379", "log");
}
