namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class SuspendedTests
{
    [Fact]
    public void CronJob_IsAHint()
    {
        var findings = Diagnosed.Recorded("cron-suspended");
        findings.Only("suspended").ShouldBe("suspended", "CronJob shop/nightly", "suspend", "kubernetes/cronjob").Severity.ShouldBe(Incidents.Severity.Info);
        findings.ShouldBeWell();
    }
}
