using Prunella.Traces.CriticalPath;
using Prunella.Traces.Model;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Analysis;

/// <summary>Critical paths of single traces, from the spans the options choose. Reused; not thread-safe.</summary>
public sealed class TracePaths
{
    private readonly TraceTreeBuilder _builder;
    private readonly CriticalPathFinder _finder;
    private readonly StartSpans _starts;

    /// <param name="options">Mode, filters, repair.</param>
    public TracePaths(AnalysisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _builder = new TraceTreeBuilder(options.Repair);
        _finder = new CriticalPathFinder(options.Mode);
        _starts = new StartSpans(options);
    }

    /// <summary>Computes something of each path of a batch.</summary>
    /// <typeparam name="T">The result.</typeparam>
    public IEnumerable<T> Of<T>(TraceBatch batch, Func<TraceTree, CriticalPathResult, T> compute)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(compute);
        foreach (var trace in batch.Traces)
        {
            var tree = _builder.Build(trace);
            foreach (var start in _starts.Of(tree).ToArray())
                yield return compute(tree, _finder.Find(tree, start));
        }
    }
}

/// <summary>A trace's duration.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="Us">Microseconds of its longest start span.</param>
public readonly record struct TraceDuration(string TraceId, long Us);

/// <summary>Durations of traces, to choose the slow ones. Reused; not thread-safe.</summary>
public sealed class TraceDurations(AnalysisOptions options)
{
    private readonly TraceTreeBuilder _builder = new((options ?? throw new ArgumentNullException(nameof(options))).Repair);
    private readonly StartSpans _starts = new(options);

    /// <summary>Durations of the traces that pass the filters.</summary>
    public IEnumerable<TraceDuration> Of(TraceBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var trace in batch.Traces)
        {
            var tree = _builder.Build(trace);
            var starts = _starts.Of(tree);
            if (starts.Count > 0)
                yield return new TraceDuration(trace.TraceId, starts.Max(tree.Duration));
        }
    }
}
