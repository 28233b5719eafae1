using Prunella.Traces.Analysis;

namespace Prunella.Traces.Statistics;

/// <summary>How an operation changed between two windows.</summary>
/// <param name="Service">The service.</param>
/// <param name="Operation">The operation.</param>
/// <param name="BeforeUs">Own time on critical paths per trace, before, microseconds.</param>
/// <param name="AfterUs">The same, after.</param>
/// <param name="P95BeforeUs">95th percentile of its spans' durations, before.</param>
/// <param name="P95AfterUs">The same, after.</param>
/// <param name="ErrorsBefore">Share of its spans that failed, before.</param>
/// <param name="ErrorsAfter">The same, after.</param>
/// <param name="CallsBefore">Spans per trace, before.</param>
/// <param name="CallsAfter">The same, after.</param>
public sealed record OperationChange(string Service, string Operation, long BeforeUs, long AfterUs, long P95BeforeUs, long P95AfterUs, double ErrorsBefore, double ErrorsAfter, double CallsBefore, double CallsAfter)
{
    /// <summary>Microseconds per trace; positive is slower.</summary>
    public long DeltaUs => AfterUs - BeforeUs;
}

/// <summary>Compares two sets of traces operation by operation.</summary>
public static class WindowDiff
{
    /// <summary>Changes, the largest first; operations that are the same in both are left out.</summary>
    public static IReadOnlyList<OperationChange> Of(TraceReport before, TraceReport after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (b, a) = (Index(before), Index(after));
        var changes = new List<OperationChange>();
        foreach (var key in b.Keys.Union(a.Keys))
        {
            var x = b.GetValueOrDefault(key);
            var y = a.GetValueOrDefault(key);
            var change = new OperationChange(key.Service, key.Operation,
                PerTrace(x?.CriticalUs, before), PerTrace(y?.CriticalUs, after),
                x?.Durations.PercentileUs(0.95) ?? 0, y?.Durations.PercentileUs(0.95) ?? 0,
                Share(x), Share(y),
                before.Traces == 0 ? 0 : (double)(x?.Count ?? 0) / before.Traces, after.Traces == 0 ? 0 : (double)(y?.Count ?? 0) / after.Traces);
            if (change.DeltaUs != 0 || change.ErrorsBefore != change.ErrorsAfter || change.CallsBefore != change.CallsAfter || change.P95BeforeUs != change.P95AfterUs)
                changes.Add(change);
        }

        return [.. changes.OrderByDescending(change => Math.Abs(change.DeltaUs)).ThenByDescending(change => Math.Abs(change.ErrorsAfter - change.ErrorsBefore))
            .ThenBy(change => change.Service, StringComparer.Ordinal).ThenBy(change => change.Operation, StringComparer.Ordinal)];
    }

    private static Dictionary<(string Service, string Operation), OperationStatistics> Index(TraceReport report) =>
        report.Operations.ToDictionary(entry => (entry.Service, entry.Operation));

    private static long PerTrace(long? us, TraceReport report) => report.Traces == 0 ? 0 : (us ?? 0) / report.Traces;

    private static double Share(OperationStatistics? entry) => entry is null || entry.Count == 0 ? 0 : (double)entry.Errors / entry.Count;
}
