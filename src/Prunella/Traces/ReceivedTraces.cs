using Prunella.Traces.Analysis;
using Prunella.Traces.Sources;

namespace Prunella.Traces;

/// <summary>Analyses what was received lately, within a bound of time, in one thread.</summary>
internal static class ReceivedTraces
{
    // A gigabyte of traces takes some seconds; what takes longer is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Analyses the traces of a store from a time on.</summary>
    /// <returns>The report; null with the reason in words when there is none.</returns>
    internal static async Task<(TraceReport? Report, string Why)> AnalyseAsync(string store, DateTimeOffset since, TimeProvider time, CancellationToken cancellation)
    {
        if (!TraceStore.IsStore(store)) return (null, "no traces were received");
        using var limit = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return (await Task.Run(() => new TracePipeline(threads: 1).Analyze([new TraceOrigin(store, () => TraceStore.OpenAll(store, since))], new AnalysisOptions(), [], linked.Token), linked.Token), "");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "there are too many traces to be looked at in time");
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            return (null, "the store of traces cannot be read");
        }
    }
}
