namespace Prunella.Kubernetes.Tests.Causes.Scaling;

public sealed class DisruptionBudgetTests
{
    [Fact]
    public void RuleThatLeavesNoRoom_IsNamed() =>
        Diagnosed.Recorded("pdb").Root().ShouldBe("pdb-never-satisfied", "PodDisruptionBudget shop/api", "minAvailable 2", "kubernetes/poddisruptionbudget");
}
