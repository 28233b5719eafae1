namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class QuietRestartsTests
{
    // Hand-written after the API's documentation: a recording would need an hour.
    [Fact]
    public void RunningButRestartedOften_IsTold() =>
        Diagnosed.From(Written.Pod(status: "ready: true, restartCount: 7, state: { running: { startedAt: '2026-01-01T01:00:05Z' } }, lastState: { terminated: { reason: Error, exitCode: 1, startedAt: '2026-01-01T00:50:00Z', finishedAt: '2026-01-01T01:00:00Z' } }"), ("shop/api-7d9f-x1/app (previous)", "processing\n"))
            .Root().ShouldBe("quiet-restarts", "Deployment shop/api", "app", "log").Summary.ShouldContain("7 times");

    [Fact]
    public void TwoRestartsLongAgo_AreNothing() =>
        Diagnosed.From(Written.Pod(status: "ready: true, restartCount: 2, state: { running: { startedAt: '2026-01-01T00:00:05Z' } }, lastState: { terminated: { reason: Error, exitCode: 1, finishedAt: '2026-01-01T00:00:00Z' } }") + Written.Event("Pod/other", "Later", "later", "Normal")).ShouldBeWell();
}
