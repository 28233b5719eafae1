using Microsoft.Extensions.Options;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;

namespace Prunella.Logs;

/// <summary>Moves what the spool holds into the archive, and keeps the archive's ages.</summary>
internal sealed partial class LogArchiver(
    LogPipeline pipeline, ArchiveStore store, LogSignals signals, IOptions<LogSignalOptions> signalling, TimeProvider time, ILogger<LogArchiver> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetainEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (pipeline.StateTrouble is { } lost) NotLearned(logger, lost);
        using var timer = new PeriodicTimer(Interval, time);
        var retained = DateTimeOffset.MinValue;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Task.Run(() => Guarded(() => pipeline.Drain()), stoppingToken);
                await signals.SendAsync(pipeline, signalling.Value.Enabled, stoppingToken);
                if (time.GetUtcNow() - retained < RetainEvery) continue;
                retained = time.GetUtcNow();
                await Task.Run(() => Guarded(Retain), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is left is archived below.
        }

        Guarded(() => pipeline.Drain(all: true));
    }

    private void Retain()
    {
        foreach (var step in store.Retain()) Retained(logger, step.Action, step.Path, step.Why);
    }

    // What is not archived stays in the spool, and is tried again.
    private void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            NotArchived(logger, away.Message);
        }
        catch (Exception bug)
        {
            // A line that breaks the pipeline holds up the lines behind it, and nothing else of the server.
            Broken(logger, bug);
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "Logs could not be archived and stay in the spool: {Message}")]
    private static partial void NotArchived(ILogger logger, string message);

    [LoggerMessage(3213, LogLevel.Warning, "What was learned of the logs before is lost, and is learned anew: {Message}")]
    private static partial void NotLearned(ILogger logger, string message);

    [LoggerMessage(3223, LogLevel.Critical, "The log pipeline broke on what is in the spool; logs wait there until it is mended")]
    private static partial void Broken(ILogger logger, Exception bug);

    [LoggerMessage(3202, LogLevel.Information, "Log archive {Action}: {Path} ({Why})")]
    private static partial void Retained(ILogger logger, string action, string path, string why);
}
