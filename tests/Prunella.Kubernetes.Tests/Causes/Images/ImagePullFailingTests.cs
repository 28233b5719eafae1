namespace Prunella.Kubernetes.Tests.Causes.Images;

// Written by hand: a real cluster gives this an hour after the first attempt, when its events have expired.
public sealed class ImagePullFailingTests
{
    [Fact]
    public void PullWithoutAWordOfTheRegistry_IsTold()
    {
        var found = Diagnosed.From(Written.Pod(status: """ready: false, restartCount: 0, state: { waiting: { reason: ImagePullBackOff, message: 'Back-off pulling image "shop/api:2.1.0"' } }""", phase: "Pending", ready: false)).Root();
        found.Cause.ShouldBe("image-pull-failing");
        found.Confidence.ShouldBeLessThan(0.8, "it is not known why");
        found.Summary.ShouldContain("why is not said");
    }

    [Fact]
    public void PullWithTheRegistrysAnswer_IsTheOtherCause() =>
        Diagnosed.From(Written.Pod(status: """ready: false, restartCount: 0, state: { waiting: { reason: ErrImagePull, message: 'shop/api:2.1.0: not found' } }""", phase: "Pending", ready: false)).Root().Cause.ShouldBe("image-not-found");
}
