namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class JobFailedTests
{
    [Fact]
    public void BackOffLimit_QuotesTheLog() =>
        Diagnosed.Recorded("job-back-off").Root().ShouldBe("job-failed", "Job shop/import", "backoffLimit", "log").Summary.ShouldContain("cannot parse line 7");

    [Fact]
    public void Deadline_IsNamed() =>
        Diagnosed.Recorded("job-deadline").Root().ShouldBe("job-failed", "Job shop/report", "activeDeadlineSeconds", "kubernetes/job");

    [Fact]
    public void RetriedAndThenDone_IsNothing() =>
        Diagnosed.Recorded("job-retried").ShouldBeWell();
}
