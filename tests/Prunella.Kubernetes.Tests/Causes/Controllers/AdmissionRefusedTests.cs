namespace Prunella.Kubernetes.Tests.Causes.Controllers;

public sealed class AdmissionRefusedTests
{
    [Fact]
    public void WebhookThatCannotBeAsked_IsASymptomOfItsBackend()
    {
        var findings = Diagnosed.Recorded("webhook-without-backend");
        findings.Only("admission-refused").ShouldBe("admission-refused", "Deployment shop/api", "pods.policy.example", "kubernetes/replicaset");
        findings.Root().Cause.ShouldBe("webhook-without-backend");
    }

    // Hand-written after the API's documentation: a webhook that denies needs a server with a certificate.
    [Fact]
    public void DeniedByAWebhook_QuotesWhy() =>
        Diagnosed.From("""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata: { name: api-7d9f, namespace: shop }
            spec: { replicas: 2 }
            status: { replicas: 0, conditions: [{ type: ReplicaFailure, status: "True", reason: FailedCreate, message: 'admission webhook "validate.kyverno.svc" denied the request: images must come from registry.shop' }] }
            """).Root().ShouldBe("admission-refused", "ReplicaSet shop/api-7d9f", "validate.kyverno.svc", "kubernetes/replicaset").Summary.ShouldContain("registry.shop");
}
