using System.Text.Json;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class EvictedTests
{
    [Fact]
    public void EmptyDirOverItsLimit_NamesTheVolume() =>
        Diagnosed.Recorded("evicted").Root().ShouldBe("evicted", "Deployment shop/api", "EmptyDir volume", "kubernetes/pod");

    // Hand-written after the API's documentation: putting the machine under memory pressure would end other tests.
    [Fact]
    public void NodeUnderPressure_BlamesTheNode()
    {
        var findings = Diagnosed.From("""
            apiVersion: v1
            kind: Pod
            metadata: { name: api-7d9f-x1, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
            spec: { nodeName: node1, containers: [{ name: app }] }
            status: { phase: Failed, reason: Evicted, message: "The node was low on resource: memory. Container app was using 1Gi, which exceeds its request of 0.", startTime: '2026-01-01T00:00:00Z' }
            ---
            apiVersion: v1
            kind: Node
            metadata: { name: node1 }
            status: { conditions: [{ type: MemoryPressure, status: "True", message: low }, { type: Ready, status: "True" }] }
            """);
        findings.Only("evicted").ShouldBe("evicted", "Pod shop/api-7d9f-x1", "memory on node1", "kubernetes/pod");
        findings.Root().Cause.ShouldBe("node-pressure");
    }

    [Theory]
    [InlineData("2026-01-09T23:00:00Z", true)]
    [InlineData("2026-01-08T00:00:00Z", false)]
    public void PodThatRanForDays_IsJudgedByTheTimeOfItsEnd(string ended, bool told) => Diagnosed.From($$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: api-7d9f-x1, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
        spec: { containers: [{ name: app }] }
        status: { phase: Failed, reason: Evicted, message: "The node was low on resource: memory.", startTime: '2026-01-01T00:00:00Z', conditions: [{ type: DisruptionTarget, status: "True", lastTransitionTime: '{{ended}}' }] }

        """ + Written.Event("Pod/other", "Scheduled", "at the time of the snapshot", "Normal").Replace("2026-01-01", "2026-01-10", StringComparison.Ordinal)).Any(ranked => ranked.Finding.Cause == "evicted").ShouldBe(told);

    [Theory]
    [InlineData("2026-01-01T00:09:50Z", true)]
    [InlineData("2026-01-01T00:05:00Z", false)]
    public void AllPodsOfADeployment_AreLeftToItsController_AMomentOnly(string ended, bool left) => Diagnosed.From($$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec: { replicas: 1, selector: { matchLabels: { app: api } } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: api-7d9f-x1, namespace: shop, labels: { app: api, pod-template-hash: 7d9f }, ownerReferences: [{ controller: true, kind: ReplicaSet, name: api-7d9f }] }
        spec: { containers: [{ name: app }] }
        status: { phase: Failed, reason: Evicted, message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi".', conditions: [{ type: DisruptionTarget, status: "True", lastTransitionTime: '{{ended}}' }] }
        ---
        apiVersion: v1
        kind: Node
        metadata: { name: node1 }
        status: { conditions: [{ type: Ready, status: "True", lastHeartbeatTime: '2026-01-01T00:10:00Z' }] }
        """).Only("evicted").Remedies.Select(remedy => remedy.Action).ShouldBe(left ? ["clean-up-pods"] : []);

    // The kubelet's first word of an eviction has neither containers nor conditions.
    [Theory]
    [InlineData(5, true)]
    [InlineData(3_600, false)]
    public void NothingButTheWriteTellsWhenItWas_IsLeftToItsControllerAMomentOnly(int secondsAgo, bool left)
    {
        var now = DateTimeOffset.Parse("2026-01-02T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var pod = JsonElement.Parse("""{"metadata":{"name":"api-1","namespace":"shop","ownerReferences":[{"kind":"ReplicaSet","name":"api","controller":true}]},"spec":{"nodeName":"node1"},"status":{"phase":"Failed","reason":"Evicted","message":"Usage of EmptyDir volume \"scratch\" exceeds the limit \"1Mi\"."}}""");
        var builder = new SnapshotBuilder();
        builder.Add(SnapshotBuilder.Make(new Field(pod), "Pod", now.AddSeconds(-secondsAgo))!);

        Diagnoser.Diagnose(builder.Build(now)).Only("evicted").Remedies.Any(remedy => remedy.Action == "clean-up-pods").ShouldBe(left);
    }
}
