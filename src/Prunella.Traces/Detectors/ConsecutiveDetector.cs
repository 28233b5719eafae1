using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>
/// Calls one after another that nothing in the trace makes dependent: reads of different things, with hardly a pause
/// between them. Run at once they would take as long as the longest.
/// </summary>
internal sealed class ConsecutiveDetector(DetectorOptions options)
{
    private readonly List<int> _run = [];

    public void Look(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        _run.Clear();
        for (var index = 0; index < calls.Count; index++)
        {
            var fits = Fits(tree, facts, calls[index]);
            // A short call of another thread, made while one of these runs, says nothing about them.
            if (!fits && _run.Count > 0 && calls[index].Start < calls[_run[^1]].End && calls[index].DurationUs < LoopDetector.Microseconds(options.ConsecutiveCallMin))
                continue;
            if (_run.Count > 0 && (!fits || !Continues(facts, calls, index)))
            {
                Report(tree, facts, parent, calls, found);
                _run.Clear();
            }

            if (fits)
                _run.Add(index);
        }

        Report(tree, facts, parent, calls, found);
    }

    private bool Fits(TraceTree tree, SpanFacts[] facts, Call call)
    {
        ref var fact = ref facts[call.Span];
        return fact.ReadOnly && fact.Call is (CallKind.Database or CallKind.Http or CallKind.Rpc) &&
            call.DurationUs >= LoopDetector.Microseconds(options.ConsecutiveCallMin) && !tree.Failed(call.Span);
    }

    private bool Continues(SpanFacts[] facts, CallList calls, int index)
    {
        var last = calls[_run[^1]];
        var gap = calls[index].Start - last.End;
        // Overlap beyond clock jitter means they already run at once.
        if (gap > LoopDetector.Microseconds(options.ConsecutiveGapMax) || gap < -Math.Max(1_000, last.DurationUs / 50))
            return false;
        if (IsQuery(facts, calls, index) != IsQuery(facts, calls, _run[0]))
            return false;
        // The same statement or address again is a loop, and one call may use the other's answer.
        foreach (var earlier in _run)
        {
            if (facts[calls[earlier].Span].Pattern == facts[calls[index].Span].Pattern)
                return false;
        }

        return true;
    }

    private static bool IsQuery(SpanFacts[] facts, CallList calls, int index) => facts[calls[index].Span].Call == CallKind.Database;

    private void Report(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        if (_run.Count < options.ConsecutiveMin)
            return;
        var sum = LoopDetector.Sum(calls, _run);
        long longest = 0;
        foreach (var index in _run)
            longest = Math.Max(longest, calls[index].DurationUs);

        var saved = sum - longest;
        if (saved < LoopDetector.Microseconds(options.ConsecutiveSavingMin) || saved < sum * options.ConsecutiveSavingShareMin)
            return;
        found.Add(new Occurrence
        {
            Kind = IsQuery(facts, calls, _run[0]) ? DetectorKind.ConsecutiveQueries : DetectorKind.ConsecutiveCalls,
            Parent = parent,
            Spans = LoopDetector.Spans(calls, _run),
            Pattern = First(tree.Trace.Table.Names, facts, calls),
            WasteUs = saved,
            Remedy = Remedy.Parallel,
        });
    }

    // Which of the calls is the longest varies from trace to trace; the alphabetically first names the finding.
    private int First(TextPool names, SpanFacts[] facts, CallList calls)
    {
        var first = facts[calls[_run[0]].Span].Pattern;
        foreach (var index in _run)
        {
            var pattern = facts[calls[index].Span].Pattern;
            if (names.Utf8(pattern).SequenceCompareTo(names.Utf8(first)) < 0)
                first = pattern;
        }

        return first;
    }
}
