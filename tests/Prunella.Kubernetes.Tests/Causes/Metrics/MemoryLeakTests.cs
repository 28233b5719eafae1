using System.Globalization;
using System.Text;
using Prunella.Kubernetes.Causes;

namespace Prunella.Kubernetes.Tests.Causes.Metrics;

public sealed class MemoryLeakTests
{
    [Fact]
    public void SteadyGrowth_IsALeak() =>
        Diagnoser.Diagnose(new Kubernetes.Snapshot.SnapshotBuilder().AddText("pods", Encoding.UTF8.GetBytes(Written.Pod("resources: { limits: { memory: 1Gi } }"))).AddText("series", Encoding.UTF8.GetBytes(Series(minute => 200e6 + minute * 2e6))).Build()).Root().ShouldBe("memory-leak", "Deployment shop/api", "memory of app", "prometheus").Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");

    [Fact]
    public void OnePeak_IsNoLeak() =>
        Diagnoser.Diagnose(new Kubernetes.Snapshot.SnapshotBuilder().AddText("pods", Encoding.UTF8.GetBytes(Written.Pod("resources: { limits: { memory: 1Gi } }"))).AddText("series", Encoding.UTF8.GetBytes(Series(minute => minute is 30 or 31 or 32 ? 900e6 : 200e6 + minute % 3 * 1e6))).Build()).ShouldBeWell();

    [Fact]
    public void OneStep_IsNoLeak() =>
        Diagnoser.Diagnose(new Kubernetes.Snapshot.SnapshotBuilder().AddText("pods", Encoding.UTF8.GetBytes(Written.Pod("resources: { limits: { memory: 1Gi } }"))).AddText("series", Encoding.UTF8.GetBytes(Series(minute => minute < 30 ? 200e6 : 400e6))).Build()).ShouldBeWell();

    [Fact]
    public void KilledForMemoryByALeak_IsNotFed() =>
        Diagnoser.Diagnose(new Kubernetes.Snapshot.SnapshotBuilder().AddText("pods", Encoding.UTF8.GetBytes(Written.Pod("resources: { limits: { memory: 400Mi } }", Written.Crashing.Replace("Error", "OOMKilled", StringComparison.Ordinal), ready: false))).AddText("series", Encoding.UTF8.GetBytes(Series(minute => 200e6 + minute * 2e6))).Build()).Only("oom-killed").Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");

    private static string Series(Func<int, double> bytes) => "{\"data\":{\"result\":[{\"metric\":{\"__name__\":\"container_memory_working_set_bytes\",\"namespace\":\"shop\",\"pod\":\"api-7d9f-x1\",\"container\":\"app\"},\"values\":["
        + string.Join(',', Enumerable.Range(0, 60).Select(minute => string.Create(CultureInfo.InvariantCulture, $"[{1767225600 + minute * 60},\"{bytes(minute):F0}\"]"))) + "]}]}}";
}
