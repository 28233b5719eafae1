namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeCordonedTests
{
    [Fact]
    public void PodsWaitForACordonedNode_IsTheirRoot()
    {
        var findings = Diagnosed.Recorded("node-cordoned");
        findings.Root().ShouldBe("node-cordoned", "Node node1", "unschedulable", "kubernetes/node").Advice.ShouldContain("kubectl uncordon node1");
        findings.Only("node-selector-mismatch").Target.ToString().ShouldBe("Deployment shop/api");
    }

    [Fact]
    public void PodsWaitForANodeCordonedHoursAgo_IsUncordoned_OfMinutesAgoIsNot()
    {
        Look("2025-12-31T19:00:00Z", "0/1 nodes are available: 1 node(s) were unschedulable.").Remedies.ShouldHaveSingleItem().Action.ShouldBe("uncordon-node");
        var lately = Look("2025-12-31T23:00:00Z", "0/1 nodes are available: 1 node(s) were unschedulable.");
        (lately.Severity, lately.Remedies.Count).ShouldBe((Incidents.Severity.Warning, 0));
    }

    [Fact]
    public void SchedulerCallsTheCordonATaint_IsTheSame() =>
        Look("2025-12-31T19:00:00Z", "0/1 nodes are available: 1 node(s) had taint {node.kubernetes.io/unschedulable: }, that the pod did not tolerate.").Remedies.ShouldHaveSingleItem().Action.ShouldBe("uncordon-node");

    [Fact]
    public void PodsWaitForSomethingElse_TheCordonIsNotInTheirWay() =>
        Look("2025-12-31T19:00:00Z", "0/1 nodes are available: 1 Insufficient cpu.").Severity.ShouldBe(Incidents.Severity.Info);

    private static Kubernetes.Causes.CauseFinding Look(string cordonedAt, string scheduler) => Diagnosed.From(
        $$"""
        apiVersion: v1
        kind: Node
        metadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }
        spec: { unschedulable: true, taints: [{ key: node.kubernetes.io/unschedulable, timeAdded: '{{cordonedAt}}' }] }
        status: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: api, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
        spec: { containers: [{ name: app, image: busybox }] }
        status: { phase: Pending, conditions: [{ type: PodScheduled, status: 'False', reason: Unschedulable, message: '{{scheduler}}' }] }
        """).Only("node-cordoned");

    // Hand-written after the API's documentation: hours, or another node's state, beside the recording.
    [Fact]
    public void ForgottenCordon_IsAHint() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: { unschedulable: true, taints: [{ key: node.kubernetes.io/unschedulable, timeAdded: '2025-12-01T00:00:00Z' }] }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }] }\n").Only("node-cordoned").ShouldBe("node-cordoned", "Node node1", "unschedulable", "kubernetes/node").Severity.ShouldBe(Incidents.Severity.Info);
}
