using System.Globalization;
using Microsoft.Extensions.Logging;
using Prunella.Ledger;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Exporting;

/// <summary>
/// Takes the ledger to its sinks. The ledger itself is the spool: how far each sink got is kept beside it, so that nothing is lost while a
/// receiver is away for days, and nothing is written twice to disk. One that fails does not delay another.
/// </summary>
internal sealed partial class LedgerExporter(IRemediationStore store, IEnumerable<ILedgerSink> sinks, EngineOptions options, TimeProvider time, ILogger<LedgerExporter> log)
{
    /// <summary>The settings with the number of the last entry taken.</summary>
    internal const string PositionPrefix = "ledger-sink/";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly ILedgerSink[] sinks = [.. sinks];

    /// <summary>Exports until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        if (sinks.Length == 0) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(false);
        await Task.WhenAll(sinks.Select(sink => RunAsync(sink, cancellation))).ConfigureAwait(false);
    }

    private async Task RunAsync(ILedgerSink sink, CancellationToken cancellation)
    {
        var pause = options.Pause;
        while (true)
        {
            var more = false;
            try
            {
                more = await StepAsync(sink, cancellation).ConfigureAwait(false);
                pause = options.Pause;
            }
            // Whatever went wrong for one, the others go on.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                LogFailed(log, sink.Name, failure.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                pause = pause * 2 < options.PauseMax ? pause * 2 : options.PauseMax;
                continue;
            }
            if (!more) await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes one batch to one sink.</summary>
    /// <returns>False when nothing waits.</returns>
    internal async Task<bool> StepAsync(ILedgerSink sink, CancellationToken cancellation)
    {
        var setting = await store.ReadSettingAsync(PositionPrefix + sink.Name, cancellation).ConfigureAwait(false);
        if (setting is null && !sink.FromTheBeginning)
        {
            await KeepAsync(sink, null, await LastNumberAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            return true;
        }

        var position = long.TryParse(setting?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) ? kept : 0;
        var entries = await store.ReadLedgerAsync(position + 1, sink.BatchMax, cancellation).ConfigureAwait(false);
        if (entries.Count == 0) return false;
        var taken = Math.Clamp(await sink.TakeAsync(entries, cancellation).ConfigureAwait(false), 1, entries.Count);
        await KeepAsync(sink, setting, entries[taken - 1].Number, cancellation).ConfigureAwait(false);
        return true;
    }

    // Entries are numbered without a gap, so the last one is found by halving.
    private async Task<long> LastNumberAsync(CancellationToken cancellation)
    {
        long there = 0, beyond = 1;
        while ((await store.ReadLedgerAsync(beyond, 1, cancellation).ConfigureAwait(false)).Count > 0) (there, beyond) = (beyond, beyond * 2);
        while (beyond - there > 1)
        {
            var middle = there + (beyond - there) / 2;
            if ((await store.ReadLedgerAsync(middle, 1, cancellation).ConfigureAwait(false)).Count > 0) there = middle;
            else beyond = middle;
        }
        return there;
    }

    private async Task KeepAsync(ILedgerSink sink, Setting? setting, long number, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(new StoreChange { Settings = [new Setting(PositionPrefix + sink.Name, number.ToString(CultureInfo.InvariantCulture), setting?.Version ?? 0)] }, cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException)
        {
            // Another replica exported too; where it stands is read again.
        }
    }

    [LoggerMessage(2601, LogLevel.Warning, "The ledger could not be taken to {Sink}: {Why}. Nothing is lost; it is tried again in {PauseSeconds} s")]
    private static partial void LogFailed(ILogger log, string sink, string why, double pauseSeconds);
}
