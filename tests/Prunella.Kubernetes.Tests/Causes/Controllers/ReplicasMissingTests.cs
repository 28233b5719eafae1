namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class ReplicasMissingTests
{
    // Hand-written after the API's documentation: a controller that makes no pods and says nothing cannot be provoked.
    [Fact]
    public void FewerReadyThanAsked_IsTold() =>
        Diagnosed.From("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db, namespace: shop, creationTimestamp: '2026-01-01T00:00:00Z' }
            spec: { replicas: 3 }
            status: { replicas: 1, readyReplicas: 1 }
            """ + "\n" + Written.Event("Pod/other", "Later", "later", "Normal")).Root().ShouldBe("replicas-missing", "StatefulSet shop/db", "replicas", "kubernetes/statefulset").Summary.ShouldContain("1 of 3");
}
