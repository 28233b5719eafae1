namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodePressureTests
{
    // Hand-written after the API's documentation: the one node of the test cluster must stay well for other tests.
    [Fact]
    public void DiskPressure_IsTold() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True' }, { type: DiskPressure, status: 'True', reason: KubeletHasDiskPressure }] }\n").Root().ShouldBe("node-pressure", "Node node1", "DiskPressure", "kubernetes/node");

    // Hand-written after the API's documentation: the one node of the test cluster must stay well for other tests.
    [Fact]
    public void UnknownConditionThatIsFalse_IsNothing() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True' }, { type: GpuBroken, status: 'False' }, { type: KernelDeadlock, status: 'False' }] }\n").ShouldBeEmpty();
}
