using OpenTelemetry;
using Prunella.Kubernetes.Rehearsing;
using Prunella.Ledger;
using Prunella.Remediation.Storage;

namespace Prunella.Hosting;

/// <summary>Opens the store, then runs the engine until the server stops.</summary>
internal sealed partial class EngineService(
    IRemediationStore store, StoreOpening opening, EngineTerms terms, FirstToken firstToken, Readiness readiness, IHostApplicationLifetime lifetime, TimeProvider time,
    IServiceProvider services, ILogger<EngineService> logger) : BackgroundService
{
    private const string StorePart = "store";
    private const string EnginePart = "engine";
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.WaitsFor(StorePart, "is being opened");
        readiness.WaitsFor(EnginePart, "waits for the store");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await OpenStoreAsync(stoppingToken);
            await firstToken.OfferAsync(stoppingToken);
            readiness.IsReady(EnginePart);
            var warming = Task.Run(() => WarmUpAsync(stoppingToken), CancellationToken.None);
            await terms.RunAsync(stoppingToken);
            await warming;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what is under way is recorded and goes on at the next start.
        }
        catch (Exception broken) when (broken is StoreTooNewException or LedgerBrokenException or LedgerCheckpointException)
        {
            readiness.WaitsFor(StorePart, broken.Message);
            Failure = broken.Message;
            lifetime.StopApplication();
        }
    }

    /// <summary>Why it gave up; null while it runs, and when it was asked to stop.</summary>
    internal string? Failure { get; private set; }

    private async Task WarmUpAsync(CancellationToken cancellation)
    {
        if (services.GetService<Rehearsal>() is { } rehearsal) await RehearseAsync(rehearsal, cancellation);
        // What a start leaves behind (configuration, models, playbooks as text) is a third of the heap of a server that idles.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task RehearseAsync(Rehearsal rehearsal, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        try
        {
            using var quiet = SuppressInstrumentationScope.Begin();
            var end = await rehearsal.PlayAsync(time, cancellation);
            Rehearsed(logger, end?.ToString() ?? "not ended", time.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping.
        }
#pragma warning disable CA1031 // What was to make the first incident faster must not cost the server.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            NotRehearsed(logger, failure.Message);
        }
    }

    private async Task OpenStoreAsync(CancellationToken cancellation)
    {
        var attempt = opening.BeginAsync();
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                await attempt;
                readiness.IsReady(StorePart);
                return;
            }
            catch (StoreUnavailableException away)
            {
                readiness.WaitsFor(StorePart, away.Message);
                StoreAway(logger, away.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellation);
                attempt = store.MigrateAsync(cancellation);
            }
        }
    }

    [LoggerMessage(1004, LogLevel.Information, "Rehearsed an incident in {ElapsedMs:0} ms: {End}")]
    private static partial void Rehearsed(ILogger logger, string end, double elapsedMs);

    [LoggerMessage(1005, LogLevel.Warning, "No incident was rehearsed, so the first one takes longer to be decided: {Why}")]
    private static partial void NotRehearsed(ILogger logger, string why);

    [LoggerMessage(1001, LogLevel.Error, "The store cannot be opened: {Message}. Trying again in {PauseSeconds} s")]
    private static partial void StoreAway(ILogger logger, string message, double pauseSeconds);
}
