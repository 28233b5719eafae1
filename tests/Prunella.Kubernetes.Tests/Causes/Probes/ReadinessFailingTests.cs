namespace Prunella.Kubernetes.Tests.Causes.Probes;

public sealed class ReadinessFailingTests
{
    [Fact]
    public void PortThatNobodyServes_NamesThePortsThereAre() =>
        Diagnosed.Recorded("readiness-port").Root().ShouldBe("readiness-probe-failing", "Deployment shop/api", "port 9090", "kubernetes/event").Summary.ShouldContain("8080 (http)");

    [Fact]
    public void CommandThatFails_IsNamed() =>
        Diagnosed.Recorded("service-not-ready").Root().ShouldBe("readiness-probe-failing", "Deployment shop/api", "command", "kubernetes/event");

    // Hand-written after what a kubelet of 1.20 with containerd said of stateful sets that were scaled down and up.
    [Theory]
    [InlineData("Readiness probe failed: cat: can't open '/ready': No such file or directory", "x1", true)]
    [InlineData("Readiness probe failed: cat: can't open '/ready': No such file or directory", "before", false)]
    [InlineData("Readiness probe errored: rpc error: code = NotFound desc = failed to exec in container: failed to find container \\\"b09af8a6\\\" in store: not found", "x1", false)]
    public void ContainerEndedMeanwhile_OrItWasAnEarlierPodOfThatName_IsNoFailure(string message, string of, bool told)
    {
        var pod = Written.Pod("readinessProbe: { exec: { command: [cat, /ready] } }", "ready: false, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } }", ready: false).Replace("namespace: shop, creation", "namespace: shop, uid: x1, creation", StringComparison.Ordinal);
        var happened = $$"""
            ---
            apiVersion: v1
            kind: Event
            metadata: { name: unhealthy, namespace: shop }
            involvedObject: { kind: Pod, namespace: shop, name: api-7d9f-x1, uid: {{of}}, fieldPath: 'spec.containers{app}' }
            reason: Unhealthy
            message: "{{message}}"
            type: Warning
            lastTimestamp: '2026-01-01T00:00:10Z'
            """;
        Diagnosed.From(pod + happened).Any(ranked => ranked.Finding.Cause == "readiness-probe-failing").ShouldBe(told);
    }
}
