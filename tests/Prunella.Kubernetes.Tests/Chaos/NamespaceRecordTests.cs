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
        var record = NamespaceRecord.Of([Pod(-9, "old", ready: true), Workload(-9, true), Pod(0.1, "old", trouble: true), Workload(0.2, false), Pod(0.3, "new"), Pod(2.3, "new", ready: true), Workload(2.5, true)], [], Injected);

        record.ShownAt.ShouldBe(Injected.AddSeconds(0.1));
        record.WellAt.ShouldBe(Injected.AddSeconds(2.5));
        record.Starting.TotalSeconds.ShouldBe(2.0, 0.001);
        record.RecoveryBesidesStart!.Value.TotalSeconds.ShouldBe(0.4, 0.001);
    }

    [Fact]
    public void StartsThatOverlap_CountOnce()
    {
        var record = NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Pod(1, "a"), Pod(2, "b"), Pod(4, "a", ready: true), Pod(5, "b", ready: true), Workload(6, true)], [], Injected);

        record.Starting.TotalSeconds.ShouldBe(4.0, 0.001);
        record.RecoveryBesidesStart!.Value.TotalSeconds.ShouldBe(2.0, 0.001);
    }

    [Fact]
    public void WellForAMoment_IsNotWell_TheLastTimeCounts()
    {
        NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Workload(1, true), Workload(2, false), Workload(3, true)], [], Injected).WellAt.ShouldBe(Injected.AddSeconds(3));
        NamespaceRecord.Of([Workload(-1, true), Pod(0, "old", trouble: true), Workload(0, false), Workload(1, true), Workload(2, false)], [], Injected).WellAt.ShouldBeNull();
    }

    [Fact]
    public void TroubleBefore_IsNotTheInjections()
    {
        var record = NamespaceRecord.Of([Pod(-5, "a", trouble: true), Workload(-5, true)], [], Injected);

        record.ShownAt.ShouldBeNull();
        record.Recovery.ShouldBeNull();
    }

    [Fact]
    public void PodEndsWithItsRollout_IsNoTrouble_WhatTheReplicaSetStillAsksForIs()
    {
        Sighting[] seen = [Live(-9, "a"), Live(-9, "b"), Ending(1, "a")];

        NamespaceRecord.Of(seen, [new Asking(Injected.AddSeconds(-9), "set", 2)], Injected).ShownAt.ShouldBe(Injected.AddSeconds(1), "two are asked for, one is left");
        NamespaceRecord.Of(seen, [new Asking(Injected.AddSeconds(-9), "set", 2), new Asking(Injected.AddSeconds(1.1), "set", 1)], Injected).ShownAt.ShouldBeNull("the rollout asks for one only, and its word came a little later");
    }

    [Fact]
    public void PodBeganToEndBefore_ItsLastBreathIsNotTheInjections()
    {
        NamespaceRecord.Of([Live(-9, "a"), Ending(-1, "a"), Ending(2, "a")], [new Asking(Injected.AddSeconds(-9), "set", 1)], Injected).ShownAt.ShouldBeNull();
    }

    private static Sighting Live(double at, string uid) => new(Injected.AddSeconds(at), uid, true, false, true, "set");

    private static Sighting Ending(double at, string uid) => new(Injected.AddSeconds(at), uid, true, false, false, "set", true);
}
