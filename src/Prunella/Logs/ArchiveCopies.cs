using Prunella.Integrations.S3;
using Prunella.Logs.Archive;

namespace Prunella.Logs;

/// <summary>Copies closed segments of the archive, and their summaries, to an S3-compatible store. What is not there yet stays here, and is tried again.</summary>
internal sealed partial class ArchiveCopies(ArchiveStore store, S3ArchiveCopy copy, TimeProvider time, ILogger<ArchiveCopies> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (DateTime Written, long Length)> done = new(StringComparer.Ordinal);
    private string? trouble;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await CopyAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is not copied is copied after the restart.
        }
    }

    private async Task CopyAsync(CancellationToken stop)
    {
        foreach (var segment in store.ClosedSegments)
        {
            foreach (var path in (string[])[segment, BlockSummary.PathOf(segment)])
            {
                try
                {
                    // A segment that was made cold keeps its time and is shorter: it is copied again.
                    var file = new FileInfo(path);
                    if (!file.Exists || (done.TryGetValue(path, out var before) && before == (file.LastWriteTimeUtc, file.Length))) continue;
                    if (await copy.TryCopyAsync(path, stop) is { } why)
                    {
                        Tell(why);
                        return;
                    }

                    done[path] = (file.LastWriteTimeUtc, file.Length);
                    Tell(null);
                }
                catch (Exception away) when (away is IOException or UnauthorizedAccessException)
                {
                    Tell(away.Message);
                }
            }
        }
    }

    private void Tell(string? why)
    {
        if (why is not null && trouble is null) NotCopied(logger, why);
        else if (why is null && trouble is not null) Copied(logger);
        trouble = why;
    }

    [LoggerMessage(3221, LogLevel.Warning, "Log archives cannot be copied to S3 and stay here: {Message}")]
    private static partial void NotCopied(ILogger logger, string message);

    [LoggerMessage(3222, LogLevel.Information, "Log archives are copied to S3 again")]
    private static partial void Copied(ILogger logger);
}
