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

    [Fact]
    public void DeniedByAWebhook_QuotesWhy() =>
        Diagnosed.Recorded("webhook-denies").Root().ShouldBe("admission-refused", "Deployment shop/api", "images.policy.shop.example", "kubernetes/replicaset").Summary.ShouldContain("images must come from registry.shop.example");

    // Hand-written after the API server's sources: the test cluster is too old for pod security admission and has no policies.
    private const string Lacking = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: { name: api-7d9f, namespace: shop, ownerReferences: [{ kind: Deployment, name: api, controller: true }] }\nspec: { replicas: 2 }\nstatus: { replicas: 0 }\n";

    [Theory]
    [InlineData("pods \"api-7d9f-x\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"app\" must set securityContext.allowPrivilegeEscalation=false)", "pod security restricted:latest", "allowPrivilegeEscalation != false")]
    [InlineData("pods \"api-7d9f-\" is forbidden: unable to validate against any pod security policy: [spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed]", "pod security policy", "Privileged containers are not allowed")]
    [InlineData("pods \"api-7d9f-x\" is forbidden: unable to create new content in namespace shop because it is being terminated", "namespace shop", "is being deleted")]
    public void WhatRefusesThePods_IsNamed(string message, string offender, string why)
    {
        var finding = Diagnosed.From(Lacking + Written.Event("ReplicaSet/api-7d9f", "FailedCreate", message)).Root().ShouldBe("admission-refused", "Deployment shop/api", offender, "kubernetes/event");

        finding.Summary.ShouldContain(why);
        finding.Remedies.ShouldBeEmpty("policies and namespaces are for people");
    }

    [Fact]
    public void RefusalOfLongAgo_WithAllPodsThere_IsNothing() =>
        Diagnosed.From(Lacking.Replace("status: { replicas: 0 }", "status: { replicas: 2, readyReplicas: 2 }", StringComparison.Ordinal) + Written.Event("ReplicaSet/api-7d9f", "FailedCreate", "pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)")).ShouldBeWell();
}
