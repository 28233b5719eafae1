using Prunella.Kubernetes.Leader;
using Prunella.Kubernetes.Watch;
using Prunella.Remediation.Execution;

namespace Prunella.Hosting;

/// <summary>
/// Runs the engine, and the operator where there is one, while no other replica is known to lead. When another one does, steps
/// under way end and the rest waits; when it no longer does, what was under way is settled by looking, as after a restart.
/// </summary>
internal sealed partial class EngineTerms(RemediationEngine engine, IServiceProvider services, TimeProvider time, ILogger<EngineTerms> logger)
{
    private static readonly TimeSpan FirstWordWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly ClusterOperator? watching = services.GetService<ClusterOperator>();
    private readonly LeaderElection? election = services.GetService<LeaderElection>();

    internal async Task RunAsync(CancellationToken cancellation)
    {
        if (election is null)
        {
            await TermAsync(cancellation);
            return;
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Given back only after the last step has ended.
        using var giving = new CancellationTokenSource();
        var electing = election.RunAsync(giving.Token);
        try
        {
            await Task.WhenAny(election.Settled, Task.Delay(FirstWordWithin, time, cancellation));
            while (!cancellation.IsCancellationRequested) await WhileNotFollowingAsync(election.Leadership, cancellation);
        }
        finally
        {
            await giving.CancelAsync();
            await electing;
        }
    }

    private async Task WhileNotFollowingAsync(Leadership leadership, CancellationToken cancellation)
    {
        var changed = leadership.Changed;
        if (leadership.State == LeaderState.Following)
        {
            await Task.WhenAny(changed, Task.Delay(Timeout.InfiniteTimeSpan, cancellation));
            return;
        }
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = TermAsync(term.Token);
        while (!running.IsCompleted)
        {
            changed = leadership.Changed;
            if (leadership.State == LeaderState.Following) break;
            await Task.WhenAny(running, changed);
        }
        await term.CancelAsync();
        await running;
    }

    private async Task TermAsync(CancellationToken cancellation) =>
        await Task.WhenAll(engine.RunAsync(cancellation), watching is null ? Task.CompletedTask : WatchAsync(watching, cancellation));

    /// <summary>Keeps the operator going: the engine must not end because the operator cannot begin.</summary>
    private async Task WatchAsync(ClusterOperator operating, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await operating.RunAsync(cancellation);
                await Task.Delay(Pause, time, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The top of a loop that must not end.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogFailed(logger, failure);
                try
                {
                    await Task.Delay(Pause, time, cancellation);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    [LoggerMessage(1011, LogLevel.Error, "The operator failed and begins again after a pause")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
