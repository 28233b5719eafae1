namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeOvercommittedTests
{
    // Hand-written after the API's documentation: the one node of the test cluster must stay well for other tests.
    [Fact]
    public void LimitsFarAboveMemory_AreAHint() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True' }] }\n" + Written.Pod("resources: { limits: { memory: 20Gi } }")).Only("node-overcommitted").ShouldBe("node-overcommitted", "Node node1", "memory limits", "kubernetes/node").Severity.ShouldBe(Incidents.Severity.Info);
}
