namespace Prunella.Kubernetes.Tests.Causes.Nodes;

public sealed class NodeOvercommittedTests
{
    [Fact]
    public void LimitsOfRunningPodsFarAboveMemory_AreAHint()
    {
        var findings = Diagnosed.Recorded("node-overcommitted");
        findings.ShouldBeWell();
        findings.Only("node-overcommitted").ShouldBe("node-overcommitted", "Node node1", "memory limits", "kubernetes/node").Summary.ShouldContain("60 GiB");
    }

    // Hand-written after the API's documentation: hours, or another node's state, beside the recording.
    [Fact]
    public void LimitsFarAboveMemory_AreAHint() =>
        Diagnosed.From("apiVersion: v1\nkind: Node\nmetadata: { name: node1, creationTimestamp: '2025-01-01T00:00:00Z' }\nspec: {  }\nstatus: { allocatable: { memory: 8Gi }, conditions: [{ type: Ready, status: 'True' }] }\n" + Written.Pod("resources: { limits: { memory: 20Gi } }")).Only("node-overcommitted").ShouldBe("node-overcommitted", "Node node1", "memory limits", "kubernetes/node").Severity.ShouldBe(Incidents.Severity.Info);
}
