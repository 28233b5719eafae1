using Prunella.Traces.CriticalPath;
using Prunella.Traces.Model;

namespace Prunella.Traces.Analysis;

/// <summary>A slow trace in short.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="Service">The service of the span it was measured from.</param>
/// <param name="Operation">That span's operation.</param>
/// <param name="StartUs">Microseconds since 1970.</param>
/// <param name="DurationUs">Microseconds of that span.</param>
/// <param name="Spans">Spans of the trace.</param>
/// <param name="FailedSpans">Spans of those that failed.</param>
/// <param name="WaitsForService">The service it waited for longest.</param>
/// <param name="WaitsForOperation">That service's operation.</param>
/// <param name="WaitsForUs">How long, microseconds of own time on the critical path.</param>
public sealed record SlowTrace(string TraceId, string Service, string Operation, long StartUs, long DurationUs, int Spans, int FailedSpans,
    string WaitsForService, string WaitsForOperation, long WaitsForUs);

/// <summary>Keeps the slowest traces of many, with what each waited for. Parts merge into the whole. Not thread-safe.</summary>
public sealed class SlowTraces
{
    private readonly int _max;
    private readonly TraceTreeBuilder _builder;
    private readonly CriticalPathFinder _finder;
    private readonly StartSpans _starts;

    // The least slow first: equal ones leave by their id, so that the same traces stay whatever the order.
    private readonly SortedSet<SlowTrace> _kept = new(Comparer<SlowTrace>.Create((x, y) =>
        x.DurationUs != y.DurationUs ? x.DurationUs.CompareTo(y.DurationUs) : string.CompareOrdinal(y.TraceId, x.TraceId)));

    /// <param name="options">Filters, and the spans that traces are measured from.</param>
    /// <param name="max">Traces kept.</param>
    public SlowTraces(AnalysisOptions options, int max)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        _max = max;
        _builder = new TraceTreeBuilder(options.Repair);
        _finder = new CriticalPathFinder(options.Mode);
        _starts = new StartSpans(options);
    }

    /// <summary>The slowest, slowest first.</summary>
    public IReadOnlyList<SlowTrace> Slowest => [.. _kept.Reverse()];

    /// <summary>Looks at one trace.</summary>
    public void Add(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var tree = _builder.Build(trace);
        var starts = _starts.Of(tree);
        if (starts.Count == 0)
            return;
        var start = starts.MaxBy(tree.Duration);
        if (_kept.Count == _max && tree.Duration(start) < _kept.Min!.DurationUs)
            return;
        var (failed, own) = (0, new Dictionary<(string Service, string Operation), long>());
        foreach (var span in tree.Order)
        {
            if (tree.Failed(span))
                failed++;
        }

        foreach (var section in _finder.FindSections(tree, start))
        {
            var name = (tree.Service(section.Span), tree.Operation(section.Span));
            own[name] = own.GetValueOrDefault(name) + section.DurationUs;
        }

        var (waited, us) = own.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).FirstOrDefault();
        Keep(new SlowTrace(trace.TraceId, tree.Service(start), tree.Operation(start), tree.Start(start), tree.Duration(start), tree.Included, failed, waited.Service ?? "", waited.Operation ?? "", us));
    }

    /// <summary>Adds what another one kept.</summary>
    public void Add(SlowTraces other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var trace in other._kept)
            Keep(trace);
    }

    private void Keep(SlowTrace trace)
    {
        _kept.Add(trace);
        if (_kept.Count > _max)
            _kept.Remove(_kept.Min!);
    }
}
