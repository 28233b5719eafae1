namespace Prunella.Kubernetes.Tests.Causes;

/// <summary>When going back a revision is proposed. Hand-written after the API's documentation, as histories take days.</summary>
public sealed class RolloutsTests
{
    [Fact]
    public void FreshRevisionWithANewFault_MayGoBack() => Remedies("2026-01-01T00:00:00Z", "old-key").ShouldBe(["rollback-rollout"]);

    [Fact]
    public void EarlierRevisionWithTheSameFault_IsNoWayBack() => Remedies("2026-01-01T00:00:00Z", "DATABASE_URL").ShouldBeEmpty();

    [Fact]
    public void RevisionOfLastMonth_IsNotWhatBroke() => Remedies("2025-12-01T00:00:00Z", "old-key").ShouldBeEmpty();

    private static IEnumerable<string> Remedies(string rolledOut, string earlierKey) => Diagnosed.From($$"""
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: { name: api-7d9f, namespace: shop, creationTimestamp: '{{rolledOut}}', annotations: { deployment.kubernetes.io/revision: '2' }, ownerReferences: [{ kind: Deployment, name: api, controller: true }] }
        spec: { replicas: 1 }
        status: { replicas: 1 }
        ---
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: { name: api-1111, namespace: shop, creationTimestamp: '2025-06-01T00:00:00Z', annotations: { deployment.kubernetes.io/revision: '1' }, ownerReferences: [{ kind: Deployment, name: api, controller: true }] }
        spec: { replicas: 0, template: { spec: { containers: [{ name: app, env: [{ name: URL, valueFrom: { configMapKeyRef: { name: settings, key: {{earlierKey}} } } }] }] } } }
        """ + "\n" + Written.Pod(status: "ready: false, restartCount: 0, state: { waiting: { reason: CreateContainerConfigError, message: \"couldn't find key DATABASE_URL in ConfigMap shop/settings\" } }", phase: "Running", ready: false))
        .Only("config-missing").Remedies.Select(remedy => remedy.Action);
}
