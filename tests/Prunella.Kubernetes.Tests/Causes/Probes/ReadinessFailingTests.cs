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

    // Hand-written after a kubelet of 1.20 whose container had been killed for memory a second before.
    [Theory]
    [InlineData("00:00:59", false)]
    [InlineData("00:00:50", true)]
    public void NobodyListensSinceAMoment_IsNotToldBeforeTheKubeletCouldTellOfAnEnd(string unreadySince, bool told)
    {
        var pod = Written.Pod("ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: /, port: 8080 } }", "ready: false, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } }", ready: false)
            .Replace("type: Ready, status: \"False\"", $"type: Ready, status: \"False\", lastTransitionTime: '2026-01-01T{unreadySince}Z'", StringComparison.Ordinal);
        var refused = Written.Event("Pod/api-7d9f-x1", "Unhealthy", "Readiness probe failed: dial tcp 10.88.0.9:8080: connect: connection refused").Replace("01:00:00", "00:01:00", StringComparison.Ordinal);
        Diagnosed.From(pod + refused).Any(ranked => ranked.Finding.Cause == "readiness-probe-failing").ShouldBe(told);
    }
}
