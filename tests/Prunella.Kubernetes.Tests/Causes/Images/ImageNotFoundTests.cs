namespace Prunella.Kubernetes.Tests.Causes.Images;

public sealed class ImageNotFoundTests
{
    [Fact]
    public void UnknownTag_NamesTheImage() =>
        Diagnosed.Recorded("image-not-found").Root().ShouldBe("image-not-found", "Deployment shop/api", "registry.example/shop/api:2.1.0", "kubernetes/container");

    [Fact]
    public void RolloutToAnUnknownImage_ProposesTheWayBack()
    {
        var finding = Diagnosed.Recorded("rollout-bad-image").Root().ShouldBe("image-not-found", "Deployment shop/api", "2.2.0", "kubernetes/event");
        finding.Remedies.ShouldHaveSingleItem().Action.ShouldBe("rollback-rollout");
        finding.Severity.ShouldBe(Incidents.Severity.Warning, "the old revision still serves");
    }

    [Fact]
    public void FirstRollout_HasNoWayBack() =>
        Diagnosed.Recorded("image-not-found").Root().Remedies.ShouldBeEmpty();
}
