using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>What one span shows by itself: a slow query, a large body, a wait for a connection, resends.</summary>
internal sealed class SingleSpanDetector(DetectorOptions options)
{
    private readonly long _slowUs = LoopDetector.Microseconds(options.SlowQueryMin);
    private readonly long _poolUs = LoopDetector.Microseconds(options.PoolWaitMin);

    public void Look(TraceTree tree, SpanFacts[] facts, int span, List<Occurrence> found)
    {
        ref var fact = ref facts[span];
        var duration = tree.Duration(span);
        if (fact.Call == CallKind.Database && duration >= _slowUs)
        {
            Add(DetectorKind.SlowQuery, tree, span, fact.Pattern, duration - _slowUs, found, Remedy.Shorten, _slowUs);
        }

        if (fact.PayloadBytes >= options.PayloadBytesMin)
        {
            Add(DetectorKind.LargePayload, tree, span, fact.Pattern != 0 ? fact.Pattern : tree.Trace.Row(span).Operation, 0, found, Remedy.None, 0,
                FormattableString.Invariant($"{fact.PayloadBytes} bytes"));
        }

        if (fact.PoolWait && duration >= _poolUs)
            Add(DetectorKind.PoolWait, tree, span, tree.Trace.Row(span).Operation, duration, found, Remedy.Shorten, 0);
        if (fact.Resends >= options.RetryStormMin)
        {
            Add(DetectorKind.RetryStorm, tree, span, fact.Pattern != 0 ? fact.Pattern : tree.Trace.Row(span).Operation, 0, found, Remedy.None, 0,
                FormattableString.Invariant($"resent {fact.Resends} times"));
        }
    }

    private static void Add(DetectorKind kind, TraceTree tree, int span, int pattern, long waste, List<Occurrence> found, Remedy remedy, long target, string? detail = null)
    {
        found.Add(new Occurrence
        {
            Kind = kind,
            Parent = tree.ParentOf[span] >= 0 ? tree.ParentOf[span] : span,
            Spans = [span],
            Pattern = pattern,
            WasteUs = waste,
            Remedy = remedy,
            TargetUs = target,
            Service = tree.Trace.ServiceId(span),
            Detail = detail,
        });
    }
}
