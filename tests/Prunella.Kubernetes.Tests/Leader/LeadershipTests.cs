using Microsoft.Extensions.Time.Testing;
using Prunella.Kubernetes.Leader;

namespace Prunella.Kubernetes.Tests.Leader;

public class LeadershipTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void NothingKnown_NothingIsWritten() => New().WhyNot().ShouldNotBeNull().ShouldContain("does not hold the lease");

    [Fact]
    public void ProcessThatSlept_FindsItselfWithoutTheLease_ThoughNobodyToldIt()
    {
        var leadership = New();
        leadership.Renewed("me", time.GetTimestamp());
        leadership.WhyNot().ShouldBeNull();

        time.Advance(TimeSpan.FromSeconds(9.9));
        leadership.WhyNot().ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(0.1));

        leadership.State.ShouldBe(LeaderState.Unknown);
        leadership.WhyNot().ShouldNotBeNull();
    }

    [Fact]
    public void LeaseCountsFromBeforeTheRequest_NotFromItsAnswer()
    {
        var leadership = New();
        var asked = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(8));
        leadership.Renewed("me", asked);
        time.Advance(TimeSpan.FromSeconds(2));

        leadership.WhyNot().ShouldNotBeNull();
    }

    [Fact]
    public void FailedRenewal_CountsOnTheLastOneUntilTheDeadline()
    {
        var leadership = New();
        leadership.Renewed("me", time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(4));
        leadership.Failed("the API is away");
        leadership.State.ShouldBe(LeaderState.Leading);

        time.Advance(TimeSpan.FromSeconds(6));
        leadership.Failed("the API is away");

        leadership.WhyNot().ShouldNotBeNull().ShouldContain("the API is away");
    }

    [Fact]
    public void AnotherLeads_IsToldByName_AtOnce()
    {
        var leadership = New();
        leadership.Renewed("me", time.GetTimestamp());
        var changed = leadership.Changed;

        leadership.Follows("other");

        changed.IsCompleted.ShouldBeTrue();
        leadership.State.ShouldBe(LeaderState.Following);
        leadership.WhyNot().ShouldNotBeNull().ShouldContain("other");
    }

    private Leadership New() => new(TimeSpan.FromSeconds(10), time);
}
