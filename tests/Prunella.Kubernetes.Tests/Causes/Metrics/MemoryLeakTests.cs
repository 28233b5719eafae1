using System.Globalization;
using System.Text;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes.Metrics;

public sealed class MemoryLeakTests
{
    private const string Killed = "ready: true, restartCount: 1, state: { running: { startedAt: '2026-01-01T01:00:00Z' } }, lastState: { terminated: { reason: OOMKilled, exitCode: 137, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:59:59Z' } }";

    // It ended after two minutes, and runs again since eight seconds.
    private const string KilledSoon = "ready: true, restartCount: 1, state: { running: { startedAt: '2026-01-01T00:02:02Z' } }, lastState: { terminated: { reason: OOMKilled, exitCode: 137, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:02:00Z' } }";

    [Fact]
    public void SteadyGrowth_IsALeak() => Diagnosed(Minutes(minute => 200e6 + minute * 2e6)).Root().ShouldBe("memory-leak", "Deployment shop/api", "memory of app", "prometheus").Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");

    [Fact]
    public void OnePeak_IsNoLeak() => Diagnosed(Minutes(minute => minute is 30 or 31 or 32 ? 900e6 : 200e6 + minute % 3 * 1e6)).ShouldBeWell();

    [Fact]
    public void OneStep_IsNoLeak() => Diagnosed(Minutes(minute => minute < 30 ? 200e6 : 400e6)).ShouldBeWell();

    [Fact]
    public void ClimbOfAStart_IsNoLeak() => Diagnosed(Series(5, 100, second => 200e6 + second * 1e6)).ShouldBeWell();

    [Fact]
    public void KilledForMemoryByALeak_IsNotFed()
    {
        var found = Diagnosed(Minutes(minute => 200e6 + minute * 2e6), Killed).Only("memory-leak");

        found.Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");
        found.Summary.ShouldContain("killed for memory at its limit of");
    }

    [Fact]
    public void FallsAtEachRestart_IsALeak_WhenOneRunClimbs() =>
        Diagnosed(Minutes(minute => 200e6 + minute % 20 * 10e6), Killed.Replace("00:00:00Z", "00:40:00Z", StringComparison.Ordinal)).Only("memory-leak");

    [Fact]
    public void FirstFillsItsLimitWithinMinutes_IsGivenMore() =>
        Diagnosed(Fast, KilledSoon).Only("oom-killed").Remedies.ShouldHaveSingleItem().Action.ShouldBe("raise-memory-limit");

    [Fact]
    public void FillsARaisedLimitWithinMinutesToo_IsALeak() =>
        Diagnosed(Fast, KilledSoon, raisedTo: "400Mi").Only("memory-leak").Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");

    [Fact]
    public void IsMeasuredEveryTwelveSeconds_AskedForEveryFive_IsALeakAllTheSame() =>
        Diagnosed(Series(5, 24, second => 20e6 + second / 12 * 36e6), KilledSoon, raisedTo: "400Mi").Only("memory-leak");

    [Fact]
    public void LimitWasSetAnewSince_IsGivenMore() => Diagnosed(Fast, KilledSoon, raisedTo: "300Mi").Only("oom-killed");

    [Fact]
    public void FillsARaisedLimitAtOnce_WithoutAClimb_IsGivenMore() => Diagnosed(Series(5, 24, second => second < 100 ? 100e6 : 400e6), KilledSoon, raisedTo: "400Mi").Only("oom-killed");

    private static string Fast => Series(5, 24, second => 20e6 + second * 3e6);

    private static IReadOnlyList<RankedFinding> Diagnosed(string series, string status = "ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } }", string? raisedTo = null)
    {
        var deployment = raisedTo is null ? "" : $$$"""
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: api, namespace: shop, annotations: { prunella.dev/original-memory-limit: '{"app":{"original":"200Mi","set":"{{{raisedTo}}}"}}' } }
            spec: { replicas: 1, selector: { matchLabels: { app: api } } }
            status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 }

            """;
        return Diagnoser.Diagnose(new SnapshotBuilder().AddText("pods", Encoding.UTF8.GetBytes(Written.Pod("resources: { limits: { memory: 400Mi } }", status) + deployment)).AddText("series", Encoding.UTF8.GetBytes(series)).Build());
    }

    private static string Minutes(Func<int, double> bytes) => Series(60, 60, second => bytes(second / 60));

    private static string Series(int step, int count, Func<int, double> bytes) => "{\"data\":{\"result\":[{\"metric\":{\"__name__\":\"container_memory_working_set_bytes\",\"namespace\":\"shop\",\"pod\":\"api-7d9f-x1\",\"container\":\"app\"},\"values\":["
        + string.Join(',', Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"[{1767225600 + index * step},\"{bytes(index * step):F0}\"]"))) + "]}]}}";
}
