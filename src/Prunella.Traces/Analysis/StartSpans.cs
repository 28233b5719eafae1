using Prunella.Traces.Model;

namespace Prunella.Traces.Analysis;

/// <summary>Chooses the spans an analysis starts from: the first match in depth-first order, else every root.</summary>
internal sealed class StartSpans(AnalysisOptions options)
{
    private readonly List<int> _starts = [];

    /// <summary>The spans; empty when the trace is filtered out. Valid until the next call.</summary>
    public List<int> Of(TraceTree tree)
    {
        _starts.Clear();
        if (options.TraceIds is { } ids && !ids.Contains(tree.Trace.TraceId))
            return _starts;
        if (options.Service is null && options.Operation is null)
        {
            _starts.AddRange(tree.RootList);
        }
        else
        {
            foreach (var span in tree.Order)
            {
                if ((options.Service is null || tree.Service(span) == options.Service) && (options.Operation is null || tree.Operation(span) == options.Operation))
                {
                    _starts.Add(span);
                    break;
                }
            }
        }

        var shortest = options.MinDuration.Ticks / TimeSpan.TicksPerMicrosecond;
        long longest = 0;
        var first = long.MaxValue;
        foreach (var span in _starts)
        {
            longest = Math.Max(longest, tree.Duration(span));
            first = Math.Min(first, tree.Start(span));
        }

        var outside = longest < shortest || (options.MaxDuration is { } most && longest >= most.Ticks / TimeSpan.TicksPerMicrosecond) ||
            (options.Since is { } since && first < Microseconds(since)) || (options.Until is { } until && first > Microseconds(until));
        if (outside)
            _starts.Clear();
        return _starts;
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
