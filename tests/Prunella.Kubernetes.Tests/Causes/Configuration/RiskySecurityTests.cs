namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class RiskySecurityTests
{
    [Fact]
    public void PrivilegedWithTheRuntimeSocket_IsAHint() =>
        Diagnosed.Recorded("security").Only("risky-security").ShouldBe("risky-security", "Deployment shop/api", "privileged container app", "kubernetes/pod").Severity.ShouldBe(Incidents.Severity.Info);
}
