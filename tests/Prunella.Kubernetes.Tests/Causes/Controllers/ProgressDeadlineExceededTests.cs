namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class ProgressDeadlineExceededTests
{
    [Fact]
    public void PodsTellWhy_IsFoldedIntoTheirCause() =>
        Diagnosed.Recorded("progress-deadline").Root().Cause.ShouldBe("readiness-probe-failing");

    // Hand-written after the API's documentation: the recording has the pods' cause beside it.
    [Fact]
    public void NothingTellsWhy_IsTold() =>
        Diagnosed.From("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: api, namespace: shop }
            spec: { replicas: 2, progressDeadlineSeconds: 600 }
            status: { replicas: 2, readyReplicas: 1, conditions: [{ type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: 'ReplicaSet "api-7d9f" has timed out progressing.' }] }
            """).Root().ShouldBe("progress-deadline-exceeded", "Deployment shop/api", "rollout", "kubernetes/deployment");
}
