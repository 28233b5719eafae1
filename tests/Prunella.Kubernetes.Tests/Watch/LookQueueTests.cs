using Microsoft.Extensions.Time.Testing;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Tests.Watch;

public class LookQueueTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 3, 0, 0, TimeSpan.Zero));
    private readonly OperatorOptions options = new() { LookEvery = TimeSpan.FromMilliseconds(100), LookAgainFirst = TimeSpan.FromSeconds(1), LookAgainMax = TimeSpan.FromSeconds(8) };

    [Fact]
    public async Task ThousandsOfEvents_AreOneKey_AndOneLook()
    {
        var queue = new LookQueue(options, time);
        for (var number = 0; number < 5_000; number++) queue.Add(Deployment("shop", $"d{number % 3}"));

        var look = await queue.TakeAsync(TestContext.Current.CancellationToken);

        look.Namespace.ShouldBe("shop");
        look.Keys.Count.ShouldBe(3);
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public async Task NamespaceBeingLookedAt_WaitsForItsEndAndTheLeastTime()
    {
        var queue = new LookQueue(options, time);
        queue.Add(Deployment("shop", "a"));
        await queue.TakeAsync(TestContext.Current.CancellationToken);
        queue.Add(Deployment("shop", "b"));
        queue.Add(Deployment("bank", "c"));

        (await queue.TakeAsync(TestContext.Current.CancellationToken)).Namespace.ShouldBe("bank");
        var next = queue.TakeAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));
        next.IsCompleted.ShouldBeFalse("it is still being looked at");
        queue.Done("shop");
        (await next).Keys.ShouldBe([Deployment("shop", "b")]);
    }

    [Fact]
    public async Task SignsWithoutCause_AreLookedAtAgain_LaterEachTime_AndSoonAgainOnceSettled()
    {
        var queue = new LookQueue(options, time);
        var key = Deployment("shop", "a");
        foreach (var (round, pause) in new double[] { 1, 2, 4, 8, 8, 1 }.Index())
        {
            if (round == 5) queue.Settled(key);
            queue.AddAgain(key);
            var take = queue.TakeAsync(TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(pause - 0.25));
            take.IsCompleted.ShouldBeFalse($"before the pause of {pause} s is over");
            time.Advance(TimeSpan.FromSeconds(0.25));
            (await take).Keys.ShouldBe([key]);
            queue.Done("shop");
        }
    }

    [Fact]
    public async Task FullQueue_StillLooksAtTheNamespace()
    {
        options.QueueMax = 100;
        var queue = new LookQueue(options, time);
        for (var number = 0; number < 100; number++) queue.Add(Deployment("shop", $"d{number}"));
        queue.Add(Deployment("bank", "late"));

        HashSet<string> looked = [(await queue.TakeAsync(TestContext.Current.CancellationToken)).Namespace, (await queue.TakeAsync(TestContext.Current.CancellationToken)).Namespace];

        looked.ShouldBe(["shop", "bank"], ignoreOrder: true);
    }

    private static ObjectRef Deployment(string space, string name) => new("Deployment", space, name);
}
