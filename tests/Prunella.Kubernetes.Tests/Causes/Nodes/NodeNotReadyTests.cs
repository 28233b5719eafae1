namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeNotReadyTests
{
    [Fact]
    public void KubeletThatDied_ProposesCordonAndDrain() =>
        Diagnosed.Recorded("node-silent").Root().ShouldBe("node-not-ready", "Node hollow-1", "Ready", "kubernetes/node").Remedies.Select(remedy => remedy.Action).ShouldBe(["cordon-node", "drain-node"]);

    // The condition changes some time after the kubelet's last word.
    [Fact]
    public void KubeletThatDied_IsSilentLongerThanTheNodeIsNotReady() =>
        Diagnosed.Recorded("node-silent").Root().Summary.ShouldStartWith("Its kubelet is silent, and it has not been ready for ");

    // Hand-written after the API's documentation: hours, or another node's state, beside the recording.
    [Fact]
    public void SilentKubelet_ProposesCordonAndDrain() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: Unknown, reason: NodeStatusUnknown, message: Kubelet stopped posting node status., lastTransitionTime: '2026-01-01T00:00:00Z' }] }\n").Root().ShouldBe("node-not-ready", "Node node1", "Ready", "kubernetes/node").Remedies.Select(remedy => remedy.Action).ShouldBe(["cordon-node", "drain-node"]);
}
