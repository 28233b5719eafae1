namespace Prunella.Kubernetes.Tests.Causes.Scheduling;

public sealed class NodeSelectorMismatchTests
{
    [Fact]
    public void Selector_ThatNoNodeHas_NamesTheLabel() =>
        Diagnosed.Recorded("node-selector").Root().ShouldBe("node-selector-mismatch", "Deployment shop/api", "disktype=nvme", "kubernetes/node");

    [Fact]
    public void Affinity_ThatNoNodeHas_NamesTheExpression() =>
        Diagnosed.Recorded("node-affinity").Root().ShouldBe("node-selector-mismatch", "Deployment shop/api", "topology.kubernetes.io/zone In [eu-1a]", "kubernetes/node");
}
