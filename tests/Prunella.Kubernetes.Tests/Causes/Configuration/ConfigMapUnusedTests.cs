namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class ConfigMapUnusedTests
{
    [Fact]
    public void OnlyTheOneThatNobodyUses_IsAHint()
    {
        var hints = Diagnosed.Recorded("config-maps").Where(ranked => ranked.Finding.Cause == "config-map-unused").ToList();
        hints.Select(ranked => ranked.Finding.Target.Name).ShouldBe(["unused"], "used by an init container, projected, loaded by a sidecar and kube-root-ca.crt are none");
    }
}
