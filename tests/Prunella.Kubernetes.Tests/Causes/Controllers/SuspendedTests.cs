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

    // Hand-written after the API's documentation: the test cluster is too old for suspended jobs.
    [Fact]
    public void Job_ThatIsSuspended_IsAHint()
    {
        var findings = Diagnosed.From("apiVersion: batch/v1\nkind: Job\nmetadata: { name: import, namespace: shop }\nspec: { suspend: true }\nstatus: { conditions: [{ type: Suspended, status: 'True' }] }\n");

        findings.ShouldBeWell();
        findings.Only("suspended").Target.ToString().ShouldBe("Job shop/import");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public void Rollout_ThatIsPaused_IsAHintWhileAChangeWaits(int updated, bool told)
    {
        var findings = Diagnosed.From($"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: api, namespace: shop }}\nspec: {{ replicas: 2, paused: true }}\nstatus: {{ replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: {updated} }}\n");

        findings.ShouldBeWell();
        findings.Count(ranked => ranked.Finding.Cause == "suspended").ShouldBe(told ? 1 : 0);
    }
}
