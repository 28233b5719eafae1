using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>
/// Calls made in a loop below one span: N+1 queries, N+1 calls to a service, a repeating sequence of calls; and the
/// opposite, very many calls at once.
/// </summary>
internal sealed class LoopDetector(DetectorOptions options)
{
    // Work done at once takes less time than the sum of its parts; clocks and jitter stay far below this ratio.
    private const double ConcurrencyMax = 1.5;

    private readonly List<int> _run = [];
    private readonly List<int> _phases = [];
    private readonly int[] _repeats = new int[options.PatternLengthMax];

    /// <summary>Looks at the calls of one span. True when a loop was found, whose calls are then not independent ones.</summary>
    public bool Look(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        var loop = false;
        var fewest = Math.Min(options.NPlusOneQueriesMin, options.NPlusOneCallsMin);
        if (calls.Count >= options.PatternRepeatsMin * 2)
            loop = LookForPattern(tree, facts, parent, calls, found);
        if (!loop && calls.Count >= fewest)
        {
            foreach (var alike in calls.Alike)
            {
                if (alike.Count >= fewest)
                    loop |= LookAtAlike(tree, facts, parent, calls, alike, found);
            }
        }

        if (!loop && calls.Count >= options.FanOutMin)
            LookForFanOut(tree, facts, parent, calls, found);
        return loop;
    }

    private bool LookAtAlike(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<int> alike, List<Occurrence> found)
    {
        ref var fact = ref facts[calls[alike[0]].Span];
        var query = fact.Call == CallKind.Database;
        if (!query && fact.Call is not (CallKind.Http or CallKind.Rpc))
            return false;
        if (alike.Count < (query ? options.NPlusOneQueriesMin : options.NPlusOneCallsMin))
            return false;
        if ((fact.Traits & StatementNormalizer.Traits.Batch) != 0 || IsAllOneCall(facts, calls, alike) || MostlyFailed(tree, calls, alike))
            return false;
        var sum = Sum(calls, alike);
        if (sum < Microseconds(query ? options.NPlusOneQueriesTimeMin : options.NPlusOneCallsTimeMin) || Concurrency(calls, alike, sum) > ConcurrencyMax)
            return false;
        if (query && !HasSource(facts, calls, alike[0], fact.Pattern) && !HasSourceAbove(tree, facts, parent, calls[alike[0]].Start, fact.Pattern))
            return false;
        long longest = 0;
        foreach (var index in alike)
            longest = Math.Max(longest, calls[index].DurationUs);
        found.Add(new Occurrence
        {
            Kind = query ? DetectorKind.NPlusOneQueries : DetectorKind.NPlusOneCalls,
            Parent = parent,
            Spans = Spans(calls, alike),
            Pattern = fact.Pattern,
            WasteUs = sum - longest,
            Remedy = Remedy.Merge,
        });
        return true;
    }

    // A different query of the same span that was answered before the loop began.
    private static bool HasSource(SpanFacts[] facts, CallList calls, int first, int pattern)
    {
        for (var index = 0; index < first; index++)
        {
            ref var fact = ref facts[calls[index].Span];
            if (fact.Call == CallKind.Database && fact.Pattern != pattern && calls[index].End <= calls[first].Start + (calls[first].DurationUs / 10))
                return true;
        }

        return false;
    }

    // The loop may have a span of its own; the first query is then its elder sibling.
    private static bool HasSourceAbove(TraceTree tree, SpanFacts[] facts, int parent, long before, int pattern)
    {
        var above = tree.ParentOf[parent];
        if (above < 0 || tree.Trace.ServiceId(above) != tree.Trace.ServiceId(parent) || tree.Kind(parent) is SpanKind.Server or SpanKind.Consumer)
            return false;
        foreach (var sibling in tree.Children(above))
        {
            if (sibling != parent && facts[sibling].Call == CallKind.Database && facts[sibling].Pattern != pattern && tree.EndUs[sibling] <= before)
                return true;
        }

        return false;
    }

    // The same call with the same values: a matter for a cache, or for the retries.
    private static bool IsAllOneCall(SpanFacts[] facts, CallList calls, List<int> alike)
    {
        var identity = facts[calls[alike[0]].Span].Identity;
        if (identity == 0)
            return false;
        var same = 0;
        foreach (var index in alike)
        {
            if (facts[calls[index].Span].Identity == identity)
                same++;
        }

        return same * 2 > alike.Count;
    }

    private static bool MostlyFailed(TraceTree tree, CallList calls, List<int> alike)
    {
        var failed = 0;
        foreach (var index in alike)
        {
            if (tree.Failed(calls[index].Span))
                failed++;
        }

        return failed * 2 > alike.Count;
    }

    private bool LookForPattern(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        var count = calls.Count;
        for (var length = 2; length <= options.PatternLengthMax && length * options.PatternRepeatsMin <= count; length++)
        {
            var at = 0;
            while (at + length < count)
            {
                var end = Follow(facts, calls, at, length, out var steps);
                if (steps >= length * options.PatternRepeatsMin && Distinct(facts, calls, at, length) && Report(tree, facts, parent, calls, at, end, length, found))
                    return true;
                // A long run that broke at end may begin anew only after its last period; a short one may have begun with a stranger.
                at = steps < length * options.PatternRepeatsMin ? at + 1 : Math.Max(at + 1, end - length + 1);
            }
        }

        return false;
    }

    // How far the sequence that starts here goes on. Spans get lost on the way to the backend: one in ten steps may be missing.
    // Other threads call in between: as many calls may be strange to the sequence.
    private int Follow(SpanFacts[] facts, CallList calls, int at, int length, out int steps)
    {
        _phases.Clear();
        steps = 0;
        var (lost, strange, end) = (0, 0, at);
        for (var index = at; index < calls.Count; index++)
        {
            var phase = steps % length;
            var tolerated = Math.Max(1, steps / 10);
            if (!Same(facts, calls, index, at + phase))
            {
                var next = (steps + 1) % length;
                if (Same(facts, calls, index, at + next) && lost < tolerated)
                {
                    phase = next;
                    lost++;
                    steps++;
                }
                else if (steps >= length && strange < tolerated && !IsStep(facts, calls, index, at, length))
                {
                    strange++;
                    _phases.Add(-1);
                    continue;
                }
                else
                    break;
            }

            steps++;
            _phases.Add(phase);
            end = index + 1;
        }

        return end;
    }

    private int Fewest(int length)
    {
        var fewest = int.MaxValue;
        foreach (var count in _repeats.AsSpan(0, length))
            fewest = Math.Min(fewest, count);
        return fewest;
    }

    private static bool IsStep(SpanFacts[] facts, CallList calls, int index, int at, int length)
    {
        for (var step = 0; step < length; step++)
        {
            if (Same(facts, calls, index, at + step))
                return true;
        }

        return false;
    }

    private bool Report(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, int from, int to, int length, List<Occurrence> found)
    {
        _run.Clear();
        _repeats.AsSpan().Clear();
        var fast = 0;
        for (var index = from; index < to; index++)
        {
            if (_phases[index - from] < 0)
                continue;
            _repeats[_phases[index - from]]++;
            _run.Add(index);
            if (facts[calls[index].Span].Call is CallKind.Cache or CallKind.Tool or CallKind.Message)
                fast++;
        }

        // A step that hardly comes back is a stranger among the others.
        if (Fewest(length) < options.PatternRepeatsMin)
            return false;
        var sum = Sum(calls, _run);
        if (fast == _run.Count || sum < Microseconds(options.PatternTimeMin) || Concurrency(calls, _run, sum) > ConcurrencyMax || MostlyFailed(tree, calls, _run))
            return false;
        // One pass through the sequence, each call as long as its longest repeat, is what a batched version would take.
        long once = 0;
        for (var step = 0; step < length; step++)
        {
            long longest = 0;
            for (var index = from; index < to; index++)
            {
                if (_phases[index - from] == step)
                    longest = Math.Max(longest, calls[index].DurationUs);
            }

            once += longest;
        }

        found.Add(new Occurrence
        {
            Kind = DetectorKind.RepeatingPattern,
            Parent = parent,
            Spans = Spans(calls, _run),
            Pattern = Smallest(tree.Trace.Table.Names, facts, calls, from, length),
            WasteUs = sum - once,
            Remedy = Remedy.Shorten,
            TargetUs = once,
            Detail = FormattableString.Invariant($"{length} calls repeated {_run.Count / length} times"),
        });
        return true;
    }

    // A sequence has no first step once calls get lost; its alphabetically first pattern names it.
    private static int Smallest(TextPool names, SpanFacts[] facts, CallList calls, int from, int length)
    {
        var smallest = facts[calls[from].Span].Pattern;
        for (var step = 1; step < length; step++)
        {
            var pattern = facts[calls[from + step].Span].Pattern;
            if (pattern != smallest && names.Utf8(pattern).SequenceCompareTo(names.Utf8(smallest)) < 0)
                smallest = pattern;
        }

        return smallest;
    }

    private static bool Same(SpanFacts[] facts, CallList calls, int x, int y)
    {
        ref var a = ref facts[calls[x].Span];
        ref var b = ref facts[calls[y].Span];
        return a.Pattern == b.Pattern && a.Call == b.Call;
    }

    private static bool Distinct(SpanFacts[] facts, CallList calls, int from, int length)
    {
        for (var step = 1; step < length; step++)
        {
            if (!Same(facts, calls, from, from + step))
                return true;
        }

        return false;
    }

    private void LookForFanOut(TraceTree tree, SpanFacts[] facts, int parent, CallList calls, List<Occurrence> found)
    {
        _run.Clear();
        for (var index = 0; index < calls.Count; index++)
        {
            if (facts[calls[index].Span].Call is CallKind.Http or CallKind.Rpc or CallKind.Database or CallKind.Message)
                _run.Add(index);
        }

        if (_run.Count < options.FanOutMin)
            return;
        var sum = Sum(calls, _run);
        if (Concurrency(calls, _run, sum) <= ConcurrencyMax)
            return;
        found.Add(new Occurrence
        {
            Kind = DetectorKind.LargeFanOut,
            Parent = parent,
            Spans = Spans(calls, _run),
            Pattern = tree.Trace.Row(parent).Operation,
            WasteUs = 0,
            Detail = FormattableString.Invariant($"{_run.Count} calls at once"),
        });
    }

    internal static int[] Spans(CallList calls, List<int> indices)
    {
        var spans = new int[indices.Count];
        for (var index = 0; index < spans.Length; index++)
            spans[index] = calls[indices[index]].Span;
        return spans;
    }

    internal static long Sum(CallList calls, List<int> indices)
    {
        long sum = 0;
        foreach (var index in indices)
            sum += calls[index].DurationUs;
        return sum;
    }

    // Sum of durations over the time in which at least one of them ran.
    private static double Concurrency(CallList calls, List<int> indices, long sum)
    {
        long covered = 0;
        var until = long.MinValue;
        foreach (var index in indices)
        {
            var from = Math.Max(calls[index].Start, until);
            if (calls[index].End <= from)
                continue;
            covered += calls[index].End - from;
            until = calls[index].End;
        }

        return covered == 0 ? 1 : (double)sum / covered;
    }

    internal static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
