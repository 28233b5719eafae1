using System.Globalization;
using System.Text;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class PodsLostTests
{
    [Fact]
    public void PodThatWasDeleted_IsTold() =>
        Diagnosed.Recorded("pods-lost").Root().ShouldBe("pods-lost", "Deployment shop/api", "pods", "kubernetes/pod").Summary.ShouldContain("2 of 3 are ready");

    [Fact]
    public void PodOnItsWayOut_WhileTooFewAreReady_IsTold_AndLeftToItsController()
    {
        var found = Look(Deployment(ready: 1), Pod("a"), Pod("b", "deletionTimestamp: '2026-01-01T00:00:30Z'")).ShouldHaveSingleItem().Finding;

        found.Cause.ShouldBe("pods-lost");
        found.Target.ShouldBe(new ObjectRef("Deployment", "shop", "api"));
        found.Pods.ShouldBe(["b"]);
        found.Remedies.Select(remedy => remedy.Action).ShouldBe(["await-repair"]);
    }

    [Fact]
    public void PodThatWasSeenToGo_IsToldToo()
    {
        var builder = new SnapshotBuilder();
        builder.AddText("test", Encoding.UTF8.GetBytes(Deployment(ready: 1) + "\n---\n" + Pod("a")));
        builder.AddGone((Pod)Snapshot(Pod("b")).Pods[0]);

        Diagnoser.Diagnose(builder.Build()).ShouldHaveSingleItem().Finding.Cause.ShouldBe("pods-lost");
    }

    [Fact]
    public void EnoughServe_OrARolloutOrACrashExplainsIt_IsNotTold()
    {
        Look(Deployment(ready: 2), Pod("a"), Pod("b", "deletionTimestamp: '2026-01-01T00:00:30Z'")).ShouldBeEmpty();
        Look(Deployment(ready: 1, reason: "ReplicaSetUpdated"), Pod("a"), Pod("b", "deletionTimestamp: '2026-01-01T00:00:30Z'")).ShouldBeEmpty();
        Look(Deployment(ready: 1), Pod("a"), Pod("b", "deletionTimestamp: '2026-01-01T00:00:30Z'", hash: "older")).ShouldNotContain(entry => entry.Finding.Cause == "pods-lost");
        Look(Deployment(ready: 1), Pod("a", restarts: 3), Pod("b", "deletionTimestamp: '2026-01-01T00:00:30Z'")).ShouldNotContain(entry => entry.Finding.Cause == "pods-lost");
    }

    [Fact]
    public void ScaledDownBefore_ThePodsThatItsControllerEnded_AreNotLost()
    {
        // Five to none to two, within seconds: what is missing now is on its way, what went was not wanted.
        string[] ended = [Ended("a", "00:00:31"), Ended("b", "00:00:31"), Ended("c", "00:00:32")];
        Look([Shrunk(by: 3, at: "00:00:01")], Deployment(ready: 0), ended).ShouldBeEmpty();
        Look([Shrunk(by: 1, at: "00:00:01"), Shrunk(by: 2, at: "00:00:02")], Deployment(ready: 0), ended).ShouldBeEmpty();
        Look([Shrunk(by: 3, at: "00:00:01", of: "web")], Deployment(ready: 0), ended).ShouldHaveSingleItem().Finding.Pods.Count.ShouldBe(3);
    }

    [Fact]
    public void ScaledDownBefore_WhatWentBesides_IsTold()
    {
        Look([Shrunk(by: 1, at: "00:00:01")], Deployment(ready: 0), Ended("a", "00:00:31"), Ended("b", "00:00:50")).ShouldHaveSingleItem().Finding.Pods.ShouldBe(["b"]);
        Look([Shrunk(by: 2, at: "00:10:00")], Deployment(ready: 1), Pod("a"), Ended("b", "00:00:50")).ShouldHaveSingleItem().Finding.Pods.ShouldBe(["b"]);
    }

    [Fact]
    public void ControllerSaysThatItEndedThem_OrTheirNodeIsBeingEmptied_IsNotTold()
    {
        var happened = "apiVersion: v1\nkind: Event\nmetadata: { name: e, namespace: shop }\ntype: Normal\nreason: SuccessfulDelete\nmessage: 'Deleted pod: b'\ninvolvedObject: { kind: ReplicaSet, namespace: shop, name: api-1 }";
        Look(Deployment(ready: 1), Pod("a"), Ended("b", "00:00:31"), happened).ShouldBeEmpty();
        Look(Deployment(ready: 1), Pod("a"), Ended("b", "00:00:31"), happened.Replace("pod: b", "pod: bb", StringComparison.Ordinal)).ShouldHaveSingleItem();
        var node = "apiVersion: v1\nkind: Node\nmetadata: { name: node1 }\nspec: { unschedulable: true, taints: [{ key: node.kubernetes.io/unschedulable, timeAdded: '2026-01-01T00:00:00Z' }] }\nstatus: { conditions: [{ type: Ready, status: 'True' }] }";
        Look(Deployment(ready: 1), Pod("a"), Ended("b", "00:00:31", node: "node1"), node).ShouldBeEmpty();
    }

    [Fact]
    public void ReleaseThatEndsAllOldPodsFirst_IsNotTold()
    {
        var set = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: { name: api-1, namespace: shop, ownerReferences: [{ kind: Deployment, name: api, controller: true }] }\nspec: { replicas: 0 }";
        Look(Deployment(ready: 0), Ended("a", "00:00:31"), set).ShouldBeEmpty();
        Look(Deployment(ready: 0), Ended("a", "00:00:31"), set.Replace("replicas: 0", "replicas: 2", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    private static IReadOnlyList<RankedFinding> Look(Shrinking[] shrunk, string deployment, params string[] pods)
    {
        var builder = new SnapshotBuilder();
        builder.AddText("test", Encoding.UTF8.GetBytes(string.Join("\n---\n", pods.Prepend(deployment))));
        foreach (var less in shrunk) builder.AddShrinking(less);
        return Diagnoser.Diagnose(builder.Build());
    }

    private static Shrinking Shrunk(int by, string at, string of = "api") => new(new ObjectRef("Deployment", "shop", of), by, DateTimeOffset.Parse($"2026-01-01T{at}Z", CultureInfo.InvariantCulture));

    /// <summary>A pod on its way out whose grace of thirty seconds ends then.</summary>
    private static string Ended(string name, string at, string node = "") => Pod(name, $"deletionTimestamp: '2026-01-01T{at}Z', deletionGracePeriodSeconds: 30", node: node);

    private static IReadOnlyList<RankedFinding> Look(params string[] documents) => Diagnoser.Diagnose(Snapshot(documents));

    private static ClusterSnapshot Snapshot(params string[] documents) => new SnapshotBuilder().AddText("test", Encoding.UTF8.GetBytes(string.Join("\n---\n", documents))).Build();

    private static string Deployment(int ready, string reason = "NewReplicaSetAvailable") =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
        spec: { replicas: 2 }
        status: { replicas: 2, readyReplicas: {{ready}}, conditions: [{ type: Progressing, status: 'True', reason: {{reason}} }] }
        """;

    private static string Pod(string name, string metadata = "generation: 1", string hash = "1", int restarts = 0, string node = "") =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, uid: {{name}}, namespace: shop, {{metadata}}, labels: { pod-template-hash: '{{hash}}' }, ownerReferences: [{ kind: ReplicaSet, name: api-{{hash}}, controller: true }] }
        spec: { containers: [{ name: app, image: x }]{{(node.Length > 0 ? $", nodeName: {node}" : "")}} }
        status: { phase: Running, conditions: [{ type: Ready, status: 'True' }], containerStatuses: [{ name: app, ready: true, restartCount: {{restarts}}, state: { running: {} } }] }
        """;
}
