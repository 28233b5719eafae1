namespace Prunella.Kubernetes.Tests.Causes.Application;

public sealed class SlowDependencyTests
{
    [Fact]
    public void LogOfARunningPod_NamesTheHost() =>
        Diagnosed.Recorded("slow-dependency").Root().ShouldBe("slow-dependency", "Deployment shop/api", "payments", "log");

    // Hand-written after the API's documentation: the log's form is the program's own.
    [Fact]
    public void SameHostAgainAndAgain_IsNamed() =>
        Written.Logs(string.Concat(Enumerable.Repeat("GET http://payments/charge failed: context deadline exceeded\n", 5))).Root().ShouldBe("slow-dependency", "Deployment shop/api", "payments", "log");

    // Hand-written after the API's documentation: the logs' form is the programs' own.
    [Fact]
    public void Cascade_LeadsToItsLastLink()
    {
        var findings = Diagnosed.From(Written.Pod() + """
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: payments, namespace: shop }
            spec: { selector: { app: payments }, ports: [{ port: 80 }] }
            ---
            apiVersion: v1
            kind: Pod
            metadata: { name: payments-0, namespace: shop, labels: { app: payments } }
            spec: { containers: [{ name: app }] }
            status: { phase: Running, conditions: [{ type: Ready, status: "True" }], containerStatuses: [{ name: app, ready: true, state: { running: {} } }] }
            """, ("shop/api-7d9f-x1/app", string.Concat(Enumerable.Repeat("GET http://payments/charge failed: context deadline exceeded\n", 5))),
            ("shop/payments-0/app", string.Concat(Enumerable.Repeat("HikariPool-1 - Connection is not available, request timed out after 30000ms\n", 6))));
        findings.Root().ShouldBe("connection-pool-exhausted", "Pod shop/payments-0", "HikariPool-1", "log");
        findings.Only("slow-dependency").Target.ToString().ShouldBe("Deployment shop/api");
    }
}
