using Microsoft.Extensions.Time.Testing;

namespace Prunella.Sandbox.Tests;

/// <summary>A sandbox on a clock that only the test moves.</summary>
internal sealed class FakeClockCluster : IAsyncDisposable
{
    private FakeClockCluster(SandboxCluster cluster, FakeTimeProvider time)
    {
        Cluster = cluster;
        Time = time;
    }

    public SandboxCluster Cluster { get; }
    public FakeTimeProvider Time { get; }

    public static async Task<FakeClockCluster> StartAsync(SandboxOptions? options = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 3, 0, 0, TimeSpan.Zero));
        var cluster = await SandboxCluster.StartAsync(options, time, TestContext.Current.CancellationToken);
        await cluster.SettleAsync(TestContext.Current.CancellationToken);
        return new FakeClockCluster(cluster, time);
    }

    /// <summary>Lets simulated time pass and everything that is due in it happen. What was asked for before it happens before it.</summary>
    public async Task PassAsync(double seconds)
    {
        await Cluster.SettleAsync(TestContext.Current.CancellationToken);
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await Cluster.SettleAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets time pass second by second until the condition holds; false when it does not within the bound.</summary>
    public async Task<bool> PassUntilAsync(Func<bool> condition, int secondsMax)
    {
        for (var second = 0; second < secondsMax && !condition(); second++) await PassAsync(1);
        return condition();
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
