using CsCheck;
using Prunella.Incidents;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Tests.Stages;

public class StageStateTests
{
    private static readonly Gen<Target> Targets = Gen.String[Gen.Char['a', 'z'], 1, 12].Select(name => new Target("default", "shop", "Deployment", name));

    [Fact]
    public void LargerCanary_KeepsTheSmallerOnesTargets() =>
        Gen.Select(Targets, Gen.Int[0, 100], Gen.Int[0, 100]).Sample(
            (target, one, other) =>
            {
                if (StageState.InCanary(target, Math.Min(one, other))) StageState.InCanary(target, Math.Max(one, other)).ShouldBeTrue();
                StageState.InCanary(target, 0).ShouldBeFalse();
                StageState.InCanary(target, 100).ShouldBeTrue();
            },
            iter: 10_000);

    [Fact]
    public void Canary_TakesAboutItsShare()
    {
        var hits = Enumerable.Range(0, 10_000).Count(number => StageState.InCanary(new Target("default", "shop", "Deployment", $"service-{number}"), 25));
        hits.ShouldBeInRange(2_300, 2_700);
    }

    /// <summary>Pinned: a canary must not change its targets with a release.</summary>
    [Fact]
    public void Bucket_IsTheSameInEveryRelease() => StageState.BucketOf(new Target("default", "shop", "Deployment", "api-server")).ShouldBe(StageState.BucketOf(new Target("default", "shop", "Deployment", "api-server")));
}
