namespace Prunella.Kubernetes.Tests.Causes.Pods;

public sealed class VolumeMountFailedTests
{
    [Fact]
    public void PathThatIsNoFolder_IsTold() =>
        Diagnosed.Recorded("mount-failed").Root().ShouldBe("volume-mount-failed", "Deployment shop/api", "h", "kubernetes/event").Summary.ShouldContain("/srv/shop-data is not a directory");

    // Hand-written after the API's documentation: the test cluster has no attachable volumes.
    [Fact]
    public void AttachedElsewhere_IsTold() =>
        Diagnosed.From(Written.Pod(status: "ready: false, state: { waiting: { reason: ContainerCreating } }", ready: false, spec: "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]") + Written.Event("Pod/api-7d9f-x1", "FailedAttachVolume", "Multi-Attach error for volume \"data\" Volume is already exclusively attached to one node and can't be attached to another"))
            .Root().ShouldBe("volume-mount-failed", "Deployment shop/api", "data", "kubernetes/event").Summary.ShouldContain("still attached to another node");
}
