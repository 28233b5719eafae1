namespace Prunella.Kubernetes.Tests.Causes.Configuration;

public sealed class WebhookWithoutBackendTests
{
    [Fact]
    public void Webhook_IsNamed() =>
        Diagnosed.Recorded("webhook-without-backend").Root().ShouldBe("webhook-without-backend", "ValidatingWebhookConfiguration rec-policy", "pods.policy.example", "kubernetes/validatingwebhookconfiguration");
}
