namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeCordonedTests
{
    // Hand-written after the API's documentation: the one node of the test cluster must stay well for other tests.
    [Fact]
    public void ForgottenCordon_IsAHint() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: { unschedulable: true, taints: [{ key: node.kubernetes.io/unschedulable, timeAdded: '2025-12-01T00:00:00Z' }] }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }] }\n").Only("node-cordoned").ShouldBe("node-cordoned", "Node node1", "unschedulable", "kubernetes/node").Severity.ShouldBe(Incidents.Severity.Info);
}
