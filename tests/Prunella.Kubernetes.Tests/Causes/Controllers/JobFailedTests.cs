namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class JobFailedTests
{
    [Fact]
    public void BackOffLimit_QuotesTheLog() =>
        Diagnosed.Recorded("job-back-off").Root().ShouldBe("job-failed", "Job shop/import", "backoffLimit", "log").Summary.ShouldContain("cannot parse line 7");

    // Hand-written after the API's documentation.
    [Theory]
    [InlineData(1, "after 1 failure (")]
    [InlineData(2, "after 2 failures (")]
    public void Failures_AreCountedAsPeopleSayIt(int failures, string said) =>
        Diagnosed.From($$"""
            apiVersion: batch/v1
            kind: Job
            metadata: { name: migrate, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
            spec: { backoffLimit: {{failures - 1}} }
            status: { failed: {{failures}}, conditions: [{ type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit, lastTransitionTime: '2026-01-01T00:01:00Z' }] }
            """).Only("job-failed").Summary.ShouldContain(said);

    [Fact]
    public void Deadline_IsNamed() =>
        Diagnosed.Recorded("job-deadline").Root().ShouldBe("job-failed", "Job shop/report", "activeDeadlineSeconds", "kubernetes/job");

    [Fact]
    public void RetriedAndThenDone_IsNothing() =>
        Diagnosed.Recorded("job-retried").ShouldBeWell();
}
