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

    // Hand-written after the API's documentation: hours, or another node's state, beside the recording.
    [Fact]
    public void ForgottenCordon_IsAHint() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: { unschedulable: true, taints: [{ key: node.kubernetes.io/unschedulable, timeAdded: '2025-12-01T00:00:00Z' }] }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z' }] }\n").Only("node-cordoned").ShouldBe("node-cordoned", "Node node1", "unschedulable", "kubernetes/node").Severity.ShouldBe(Incidents.Severity.Info);
}
