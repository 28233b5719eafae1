using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>Delivers what waits for the sinks, each at its own pace, and says when one is away and when it is back.</summary>
internal sealed partial class LogSinkPump(LogSinkFeeds feeds, TimeProvider time, ILogger<LogSinkPump> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll([.. feeds.All.Select(feed => DeliverAsync(feed, stoppingToken)), WatchAsync(stoppingToken)]);

    private async Task DeliverAsync(SinkFeed feed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await feed.RunAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Stopping: what waits, waits on the disk.
            }
            catch (Exception away) when (away is IOException or UnauthorizedAccessException)
            {
                NotRead(logger, feed.Name, away.Message);
                await Task.Delay(Look, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        if (feeds.All.Count == 0) return;
        var said = new Dictionary<string, string?>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (var feed in feeds.All)
                {
                    var trouble = feed.Trouble;
                    if (trouble is not null && said.GetValueOrDefault(feed.Name) is null) Away(logger, feed.Name, trouble, feed.WaitingBytes);
                    else if (trouble is null && said.GetValueOrDefault(feed.Name) is not null) Back(logger, feed.Name);
                    said[feed.Name] = trouble;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(3210, LogLevel.Error, "What waits for the log sink {Sink} cannot be read: {Message}")]
    private static partial void NotRead(ILogger logger, string sink, string message);

    [LoggerMessage(3211, LogLevel.Warning, "The log sink {Sink} does not take documents ({Why}); {WaitingBytes} bytes wait for it")]
    private static partial void Away(ILogger logger, string sink, string why, long waitingBytes);

    [LoggerMessage(3212, LogLevel.Information, "The log sink {Sink} takes documents again")]
    private static partial void Back(ILogger logger, string sink);
}

/// <summary>The feeds of the configured sinks.</summary>
internal sealed class LogSinkFeeds(IReadOnlyList<SinkFeed> all) : IDisposable
{
    internal IReadOnlyList<SinkFeed> All => all;

    public void Dispose()
    {
        foreach (var feed in all) feed.Dispose();
    }
}
