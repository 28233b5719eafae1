using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Tests.Watch;

/// <summary>What the book makes of looks at a cluster of which a part is not up to date.</summary>
public class TroubleBookTests
{
    private static readonly ObjectRef Api = new("Deployment", "shop", "api");
    private static readonly TimeSpan OverAfter = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TroubleBook book;

    public TroubleBookTests() => book = new TroubleBook("default", new OperatorOptions(), new IdSource(time, new Random(1)), time);

    [Fact]
    public void OutOfSightWhileAWatchIsBehind_IsNotOver_AndNoTimeCounts()
    {
        Look(seen: true, complete: true).ShouldBe([SignalStatus.Firing]);
        for (var minute = 0; minute < 5; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            Look(seen: false, complete: false).ShouldBeEmpty();
        }

        Look(seen: false, complete: true).ShouldBeEmpty("its time begins with the first look that is sure");
        time.Advance(OverAfter - TimeSpan.FromSeconds(1));
        Look(seen: false, complete: true).ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(1));
        Look(seen: false, complete: true).ShouldBe([SignalStatus.Resolved]);
        book.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OutOfSightAndBack_IsReturned_OnceAndWhetherAWatchWasBehindOrNot(bool complete)
    {
        Look(seen: true, complete: true);
        book.Returned(Found).ShouldBeEmpty("it was in sight");
        Look(seen: false, complete);

        book.Returned(Found).ShouldHaveSingleItem().Target.ShouldBe(Api);
        Look(seen: true, complete).ShouldBeEmpty();
        book.Returned(Found).ShouldBeEmpty();
    }

    private static Dictionary<ObjectRef, CauseFinding> Found { get; } = new()
    {
        [Api] = new CauseFinding { Descriptor = CauseCatalogue.All[0].Descriptor, Target = Api, Offender = "it", Confidence = 0.9, Severity = Severity.Warning, Summary = "It is." },
    };

    private IEnumerable<SignalStatus> Look(bool seen, bool complete)
    {
        var change = book.Compare(Api.Namespace, seen ? Found : [], _ => null, _ => OverAfter, complete);
        book.Commit(change);
        return change.Signals.Select(signal => signal.Status);
    }
}
