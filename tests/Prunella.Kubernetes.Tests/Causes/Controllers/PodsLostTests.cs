using System.Text;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class PodsLostTests
{
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

    private static string Pod(string name, string metadata = "generation: 1", string hash = "1", int restarts = 0) =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, uid: {{name}}, namespace: shop, {{metadata}}, labels: { pod-template-hash: '{{hash}}' }, ownerReferences: [{ kind: ReplicaSet, name: api-{{hash}}, controller: true }] }
        spec: { containers: [{ name: app, image: x }] }
        status: { phase: Running, conditions: [{ type: Ready, status: 'True' }], containerStatuses: [{ name: app, ready: true, restartCount: {{restarts}}, state: { running: {} } }] }
        """;
}
