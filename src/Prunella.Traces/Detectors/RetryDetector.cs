using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>Attempts at one call after it failed: too many, or without a growing pause between them.</summary>
internal sealed class RetryDetector(DetectorOptions options)
{
    private readonly List<int> _chain = [];

    public void Look(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        if (calls.Count < options.RetriesMin)
            return;
        foreach (var alike in calls.Alike)
        {
            if (alike.Count < options.RetriesMin)
                continue;
            _chain.Clear();
            foreach (var index in alike)
            {
                // An attempt follows a failed one that was over; anything else starts a new chain.
                if (_chain.Count > 0 && (!tree.Failed(calls[_chain[^1]].Span) || calls[index].Start < calls[_chain[^1]].End - 1_000 || !SameCall(facts, calls, index)))
                    Judge(tree, facts, parent, calls, found);
                _chain.Add(index);
            }

            Judge(tree, facts, parent, calls, found);
        }
    }

    private bool SameCall(SpanFacts[] facts, CallList calls, int index)
    {
        var identity = facts[calls[_chain[0]].Span].Identity;
        return identity == 0 || identity == facts[calls[index].Span].Identity;
    }

    private void Judge(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        var failed = 0;
        foreach (var index in _chain)
        {
            if (tree.Failed(calls[index].Span))
                failed++;
        }

        // In a loop over elements single failures happen; attempts at one call fail until the last.
        if (_chain.Count >= options.RetriesMin && failed >= _chain.Count - 1)
        {
            var storm = failed >= options.RetryStormMin;
            if (storm)
                Add(DetectorKind.RetryStorm, tree, facts, parent, calls, found);
            if (!BacksOff(calls))
                Add(DetectorKind.RetryWithoutBackOff, tree, facts, parent, calls, found);
        }

        _chain.Clear();
    }

    private bool BacksOff(CallList calls)
    {
        long previous = 0, longest = 0;
        var grows = _chain.Count > 2;
        for (var step = 1; step < _chain.Count; step++)
        {
            var pause = Math.Max(0, calls[_chain[step]].Start - calls[_chain[step - 1]].End);
            grows &= step == 1 || pause >= previous * 1.4;
            longest = Math.Max(longest, pause);
            previous = pause;
        }

        // A long pause is enough by itself; a shorter one counts when each is longer than the one before (doubling, less jitter).
        return longest >= LoopDetector.Microseconds(options.BackOffMin) || (grows && longest >= LoopDetector.Microseconds(options.BackOffMin) / 5);
    }

    private void Add(DetectorKind kind, TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        var first = calls[_chain[0]];
        var last = calls[_chain[^1]];
        found.Add(new Occurrence
        {
            Kind = kind,
            Parent = parent,
            Spans = LoopDetector.Spans(calls, _chain),
            Pattern = facts[first.Span].Pattern,
            WasteUs = last.Start - first.Start,
            Remedy = Remedy.KeepLast,
            Detail = FormattableString.Invariant($"{_chain.Count} attempts in {(last.End - first.Start) / 1_000} ms, last {(tree.Failed(last.Span) ? "failed too" : "succeeded")}"),
        });
    }
}
