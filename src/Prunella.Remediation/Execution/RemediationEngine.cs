using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Exporting;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>
/// Correlates signals and moves incidents forward, several at a time and each by one worker only. What was under way when a
/// process died is found in the store and goes on from there.
/// </summary>
public sealed partial class RemediationEngine
{
    private readonly IRemediationStore store;
    private readonly Correlator correlator;
    private readonly IncidentWorker worker;
    private readonly NoticeDispatcher notices;
    private readonly DigestWriter digests;
    private readonly LedgerExporter exporter;
    private readonly EngineWakeUps wakeUps;
    private readonly Intake intake;
    private readonly EngineOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<RemediationEngine> log;
    private readonly ConcurrentDictionary<IncidentId, bool> running = new();
    private readonly PriorityQueue<IncidentId, DateTimeOffset> timers = new();

    internal RemediationEngine(
        IRemediationStore store, Correlator correlator, IncidentWorker worker, NoticeDispatcher notices, DigestWriter digests, LedgerExporter exporter, EngineWakeUps wakeUps, Intake intake,
        EngineOptions options, TimeProvider time, ILogger<RemediationEngine> log)
    {
        this.store = store;
        this.correlator = correlator;
        this.worker = worker;
        this.notices = notices;
        this.digests = digests;
        this.exporter = exporter;
        this.wakeUps = wakeUps;
        this.intake = intake;
        this.options = options;
        this.time = time;
        this.log = log;
    }

    /// <summary>Incidents being worked on at this moment.</summary>
    public int Working => running.Count;

    /// <summary>Runs until cancelled; then waits for steps under way, so that no effect is left unrecorded.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await ResumeAsync(cancellation).ConfigureAwait(false);
        await Task.WhenAll(
            LoopAsync("correlation", CorrelateAsync, cancellation),
            LoopAsync("incidents", DispatchAsync, cancellation),
            LoopAsync("notices", notices.RunAsync, cancellation),
            LoopAsync("digests", digests.RunAsync, cancellation),
            LoopAsync("ledger export", exporter.RunAsync, cancellation)).ConfigureAwait(false);
    }

    private async Task ResumeAsync(CancellationToken cancellation)
    {
        const int OpenMax = 100_000;
        intake.Recount(await store.CountPendingSignalsAsync(cancellation).ConfigureAwait(false));
        var open = await store.OpenIncidentsAsync(OpenMax, cancellation).ConfigureAwait(false);
        foreach (var incident in open) wakeUps.Wake(incident.Id);
        wakeUps.SignalsWait();
        LogResumed(log, open.Count, intake.Pending);
    }

    /// <summary>Keeps a loop going whatever happens in one round: a failure is logged, counted by the logger's metrics, and followed by a pause.</summary>
    private async Task LoopAsync(string name, Func<CancellationToken, Task> body, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await body(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The top of a loop that must not end.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogFailed(log, failure, name);
                try
                {
                    await Task.Delay(options.Pause, time, cancellation).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task CorrelateAsync(CancellationToken cancellation)
    {
        while (await correlator.RunOnceAsync(cancellation).ConfigureAwait(false) > 0)
        {
            // Until none wait.
        }

        await WaitAsync(wakeUps.SignalsWaiting, options.SweepInterval, cancellation).ConfigureAwait(false);
    }

    private async Task DispatchAsync(CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(options.Workers);
        var nextSweep = time.GetUtcNow();
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var now = time.GetUtcNow();
                if (now >= nextSweep)
                {
                    foreach (var due in await store.DueIncidentsAsync(now, 1_000, cancellation).ConfigureAwait(false)) wakeUps.Wake(due);
                    nextSweep = now + options.SweepInterval;
                }

                foreach (var id in TakeDue(now)) wakeUps.Wake(id);
                foreach (var id in wakeUps.Take()) await StartAsync(id, slots, cancellation).ConfigureAwait(false);
                var wait = NextTimer() is { } next && next < nextSweep ? next - time.GetUtcNow() : nextSweep - time.GetUtcNow();
                await WaitAsync(wakeUps.IncidentsWait, wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            // Every slot back means that no step is under way.
            for (var index = 0; index < options.Workers; index++) await slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task StartAsync(IncidentId id, SemaphoreSlim slots, CancellationToken cancellation)
    {
        // Woken while being worked on: the mark makes its worker look once more.
        if (!running.TryAdd(id, false))
        {
            if (running.TryUpdate(id, true, false) || running.ContainsKey(id)) return;
            wakeUps.Wake(id);
            return;
        }

        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await WorkAsync(id, cancellation).ConfigureAwait(false);
                }
                finally
                {
                    slots.Release();
                }
            },
            CancellationToken.None);
    }

    private async Task WorkAsync(IncidentId id, CancellationToken cancellation)
    {
        DateTimeOffset? wakeAt = null;
        try
        {
            wakeAt = await worker.AdvanceAsync(id, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The next start resumes it.
        }
#pragma warning disable CA1031 // One incident's failure must not stop the others.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogIncidentFailed(log, failure, id);
            wakeAt = time.GetUtcNow() + options.Pause;
        }

        running.TryRemove(id, out var again);
        if (again)
        {
            wakeUps.Wake(id);
        }
        else if (wakeAt is { } at)
        {
            lock (timers) timers.Enqueue(id, at);
            wakeUps.Ring();
        }
    }

    private List<IncidentId> TakeDue(DateTimeOffset now)
    {
        var due = new List<IncidentId>();
        lock (timers) while (timers.TryPeek(out var id, out var at) && at <= now)
        {
            due.Add(id);
            timers.Dequeue();
        }

        return due;
    }

    private DateTimeOffset? NextTimer()
    {
        lock (timers) return timers.TryPeek(out _, out var at) ? at : null;
    }

    private async Task WaitAsync(System.Threading.Channels.ChannelReader<bool> doorbell, TimeSpan atMost, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await doorbell.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Time to sweep.
        }
    }

    [LoggerMessage(2201, LogLevel.Information, "Resumed with {Incidents} open incidents and {Signals} signals to correlate")]
    private static partial void LogResumed(ILogger log, int incidents, long signals);

    [LoggerMessage(2202, LogLevel.Error, "The {Loop} loop failed and goes on after a pause")]
    private static partial void LogFailed(ILogger log, Exception failure, string loop);

    [LoggerMessage(2203, LogLevel.Error, "{Incident} could not be moved forward and will be tried again")]
    private static partial void LogIncidentFailed(ILogger log, Exception failure, IncidentId incident);
}
