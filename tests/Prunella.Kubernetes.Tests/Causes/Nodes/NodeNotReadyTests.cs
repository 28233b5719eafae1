namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeNotReadyTests
{
    // Hand-written after the API's documentation: the one node of the test cluster must stay well for other tests.
    [Fact]
    public void SilentKubelet_ProposesCordonAndDrain() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status., lastTransitionTime: '2026-01-01T00:00:00Z' }] }\n").Root().ShouldBe("node-not-ready", "Node node1", "Ready", "kubernetes/node").Remedies.Select(remedy => remedy.Action).ShouldBe(["cordon-node", "drain-node"]);
}
