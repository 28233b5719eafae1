using Prunella.Kubernetes.Chaos;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>How trouble and recovery are read from what a watch brought.</summary>
public class NamespaceRecordTests
{
    private static readonly DateTimeOffset Injected = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Sighting Pod(double at, string uid, bool trouble = false, bool ready = false) => new(Injected.AddSeconds(at), uid, true, trouble, ready);

    private static Sighting Workload(double at, bool ready) => new(Injected.AddSeconds(at), "Deployment s/api", false, false, ready);

    [Fact]
    public void PodIsReplaced_StartIsTakenOffTheRecovery()
    {
        var record = NamespaceRecord.Of([Pod(-9, "old", ready: true), Workload(-9, true), Pod(0.1, "old", trouble: true), Workload(0.2, false), Pod(0.3, "new"), Pod(2.3, "new", ready: true), Workload(2.5, true)], Injected);

        record.ShownAt.ShouldBe(Injected.AddSeconds(0.1));
        record.WellAt.ShouldBe(Injected.AddSeconds(2.5));
        record.Starting.TotalSeconds.ShouldBe(2.0, 0.001);
        record.RecoveryBesidesStart!.Value.TotalSeconds.ShouldBe(0.4, 0.001);
    }

    [Fact]
    public void StartsThatOverlap_CountOnce()
    {
        var record = NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Pod(1, "a"), Pod(2, "b"), Pod(4, "a", ready: true), Pod(5, "b", ready: true), Workload(6, true)], Injected);

        record.Starting.TotalSeconds.ShouldBe(4.0, 0.001);
        record.RecoveryBesidesStart!.Value.TotalSeconds.ShouldBe(2.0, 0.001);
    }

    [Fact]
    public void WellForAMoment_IsNotWell_TheLastTimeCounts()
    {
        NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Workload(1, true), Workload(2, false), Workload(3, true)], Injected).WellAt.ShouldBe(Injected.AddSeconds(3));
        NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Workload(1, true), Workload(2, false)], Injected).WellAt.ShouldBeNull();
    }

    [Fact]
    public void TroubleBefore_IsNotTheInjections()
    {
        var record = NamespaceRecord.Of([Pod(-5, "a", trouble: true), Workload(-5, true)], Injected);

        record.ShownAt.ShouldBeNull();
        record.Recovery.ShouldBeNull();
    }
}
