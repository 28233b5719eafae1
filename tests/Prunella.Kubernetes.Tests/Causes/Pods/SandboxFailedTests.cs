namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class SandboxFailedTests
{
    [Fact]
    public void RuntimeClassWithoutHandler_IsNamed() =>
        Diagnosed.Recorded("sandbox").Root().ShouldBe("sandbox-failed", "Deployment shop/api", "runsc", "kubernetes/event");

    // Hand-written after the API's documentation: the test cluster's network plug-in works.
    [Fact]
    public void NetworkPlugin_IsTold() =>
        Diagnosed.From(Written.Pod(status: "ready: false, state: { waiting: { reason: ContainerCreating } }", phase: "Running", ready: false) + Written.Event("Pod/api-7d9f-x1", "FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=\"calico\" failed (add): error getting ClusterInformation"))
            .Root().ShouldBe("sandbox-failed", "Deployment shop/api", "network plug-in", "kubernetes/event");
}
