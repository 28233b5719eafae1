using Microsoft.Extensions.Logging;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Delivers notices from the store to every sink, at least once and in the order of their times, trying again with back-off.</summary>
internal sealed partial class NoticeDispatcher(
    IRemediationStore store, IEnumerable<IEscalationSink> sinks, EscalationPolicy policy, EngineOptions options, TimeProvider time, ILogger<NoticeDispatcher> log)
{
    private const int BatchMax = 100;
    private readonly IEscalationSink[] sinks = [.. sinks];

    internal async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var missing in policy.Named.Except(sinks.Select(sink => sink.Name), StringComparer.Ordinal)) LogMissing(log, missing);
        while (!cancellation.IsCancellationRequested)
        {
            if (await RoundAsync(cancellation).ConfigureAwait(false) < BatchMax) await Task.Delay(options.Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Delivers what is due now.</summary>
    /// <returns>How many deliveries were due.</returns>
    internal async Task<int> RoundAsync(CancellationToken cancellation)
    {
        var due = await store.DueNoticesAsync(time.GetUtcNow(), BatchMax, cancellation).ConfigureAwait(false);
        foreach (var pending in due) await DeliverAsync(pending, cancellation).ConfigureAwait(false);
        return due.Count;
    }

    private async Task DeliverAsync(PendingNotice pending, CancellationToken cancellation)
    {
        var telling = await policy.DecideAsync(pending.Notice, pending.Sink, time.GetUtcNow(), cancellation).ConfigureAwait(false);
        if (telling.Dropped.Length > 0) LogDropped(log, pending.Notice.Key, pending.Sink, telling.Dropped);
        if (telling.At is not null || telling.Dropped.Length > 0)
        {
            await store.SettleNoticeAsync(pending.Notice.Key, pending.Sink, telling.At, cancellation).ConfigureAwait(false);
            return;
        }

        var failed = 0;
        foreach (var sink in sinks)
        {
            if (pending.Sink.Length > 0 && pending.Sink != "*" && pending.Sink != sink.Name) continue;
            try
            {
                using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limited.CancelAfter(options.CallTimeout);
                await sink.DeliverAsync(pending.Notice, limited.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is EscalationFailedException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                failed++;
                LogFailed(log, pending.Notice.Key, sink.Name, pending.Tries + 1, failure.Message);
            }
        }

        if (failed == 0) await policy.ToldAsync(pending.Notice, pending.Sink, cancellation).ConfigureAwait(false);
        var pause = TimeSpan.FromSeconds(Math.Min(options.PauseMax.TotalSeconds, options.Pause.TotalSeconds * Math.Pow(2, Math.Min(pending.Tries, 20))));
        await store.SettleNoticeAsync(pending.Notice.Key, pending.Sink, failed == 0 ? null : time.GetUtcNow() + pause, cancellation).ConfigureAwait(false);
    }

    [LoggerMessage(2303, LogLevel.Warning, "The escalation policy names the sink {Sink}, which is not configured: nobody is told there")]
    private static partial void LogMissing(ILogger log, string sink);

    [LoggerMessage(2302, LogLevel.Information, "Notice {Key} is no longer told by {Sink}: {Why}")]
    private static partial void LogDropped(ILogger log, string key, string sink, string why);

    [LoggerMessage(2301, LogLevel.Warning, "Notice {Key} could not be delivered by {Sink} ({Try}): {Why}")]
    private static partial void LogFailed(ILogger log, string key, string sink, int @try, string why);
}
