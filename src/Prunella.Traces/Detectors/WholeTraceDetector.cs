using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>What only the whole trace shows: equal calls anywhere, chatty pairs, timeouts in lock-step, errors and their origins, an agent's repeated tool calls.</summary>
internal sealed class WholeTraceDetector(DetectorOptions options)
{
    private readonly Dictionary<(int Service, int Identity, int Pattern), (int First, int Last, int Count)> _identical = [];
    private readonly List<int> _equal = [];
    private int[] _next = [];
    private readonly Dictionary<(int From, int To), List<int>> _pairs = [];
    private readonly List<int> _timeouts = [];
    private readonly List<int> _failed = [];
    private readonly long _timeoutUs = LoopDetector.Microseconds(options.TimeoutMin);

    public void Begin()
    {
        _identical.Clear();
        _pairs.Clear();
        _timeouts.Clear();
        _failed.Clear();
    }

    public void Look(TraceTree tree, SpanFacts[] facts, int span)
    {
        ref var fact = ref facts[span];
        var failed = tree.Failed(span);
        if (failed)
            _failed.Add(span);
        var service = tree.Trace.ServiceId(span);
        if (fact.Identity != 0 && !failed && (fact.Call == CallKind.Tool || (fact.ReadOnly && fact.Call is CallKind.Database or CallKind.Http)))
            Link(tree, (service, fact.Identity, fact.Pattern), span);
        if (failed && tree.Duration(span) >= _timeoutUs && (fact.Call != CallKind.None || tree.Kind(span) == SpanKind.Client))
            _timeouts.Add(span);
        if (fact.Call is not (CallKind.Http or CallKind.Rpc))
            return;
        foreach (var child in tree.Children(span))
        {
            if (tree.Trace.ServiceId(child) != service)
            {
                AddTo(_pairs, (service, tree.Trace.ServiceId(child)), span);
                return;
            }
        }

        if (fact.Peer != 0 && fact.Peer != service)
            AddTo(_pairs, (service, fact.Peer), span);
    }

    public void End(TraceTree tree, SpanFacts[] facts, List<Occurrence> found)
    {
        foreach (var ((service, _, pattern), chain) in _identical)
        {
            if (chain.Count < 2)
                continue;
            _equal.Clear();
            for (var (span, left) = (chain.First, chain.Count); left > 0; (span, left) = (_next[span], left - 1))
                _equal.Add(span);
            Identical(tree, facts, service, pattern, _equal, found);
        }

        foreach (var ((from, to), spans) in _pairs)
        {
            if (spans.Count >= options.ChattyCallsMin)
                Chatty(tree, facts, from, to, spans, found);
        }

        if (_timeouts.Count >= options.TimeoutsMin)
            LockStep(tree, facts, found);
        if (_failed.Count >= options.ErrorDepthMin)
            Origins(tree, facts, found);
    }

    // Nearly every call is the only one of its kind: a list for each cost more than the rest of this detector.
    private void Link(TraceTree tree, (int Service, int Identity, int Pattern) key, int span)
    {
        if (_next.Length < tree.Count)
            _next = new int[Math.Max(tree.Count, _next.Length * 2)];
        ref var chain = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_identical, key, out var known);
        if (known)
            _next[chain.Last] = span;
        else
            chain.First = span;
        chain.Last = span;
        chain.Count++;
    }

    private void Identical(TraceTree tree, SpanFacts[] facts, int service, int pattern, List<int> spans, List<Occurrence> found)
    {
        var tool = facts[spans[0]].Call == CallKind.Tool;
        if (spans.Count < (tool ? options.ToolCallsMin : options.IdenticalMin))
            return;
        spans.Sort((x, y) => tree.StartUs[x] != tree.StartUs[y] ? tree.StartUs[x].CompareTo(tree.StartUs[y]) : x.CompareTo(y));
        long waste = 0;
        for (var index = 1; index < spans.Count; index++)
            waste += tree.Duration(spans[index]);
        if (!tool && waste < LoopDetector.Microseconds(options.IdenticalSavingMin))
            return;
        found.Add(new Occurrence
        {
            Kind = tool ? DetectorKind.RedundantToolCalls : DetectorKind.IdenticalCalls,
            Parent = CommonParent(tree, spans),
            Spans = [.. spans],
            Pattern = pattern,
            WasteUs = waste,
            Remedy = Remedy.KeepFirst,
            Service = service,
        });
    }

    private static void Chatty(TraceTree tree, SpanFacts[] facts, int from, int to, List<int> spans, List<Occurrence> found)
    {
        // Calls all alike are an N+1 or a fan-out, which says more.
        var first = facts[spans[0]].Pattern;
        long sum = 0;
        var alike = 0;
        foreach (var span in spans)
        {
            sum += tree.Duration(span);
            if (facts[span].Pattern == first)
                alike++;
        }

        if (alike == spans.Count)
            return;
        found.Add(new Occurrence
        {
            Kind = DetectorKind.ChattyPair,
            Parent = CommonParent(tree, spans),
            Spans = [.. spans],
            Pattern = to,
            WasteUs = 0,
            Service = from,
            Detail = FormattableString.Invariant($"{spans.Count} calls, {sum / 1_000} ms together"),
        });
    }

    // Timeouts stacked without a margin: failed calls whose lengths agree to 2 %.
    private void LockStep(TraceTree tree, SpanFacts[] facts, List<Occurrence> found)
    {
        _timeouts.Sort((x, y) => tree.Duration(x) != tree.Duration(y) ? tree.Duration(x).CompareTo(tree.Duration(y)) : x.CompareTo(y));
        var from = 0;
        while (from < _timeouts.Count)
        {
            var to = from + 1;
            var limit = tree.Duration(_timeouts[from]) * 1.02 + 2_000;
            while (to < _timeouts.Count && tree.Duration(_timeouts[to]) <= limit)
                to++;
            if (to - from >= options.TimeoutsMin)
            {
                var spans = _timeouts.GetRange(from, to - from);
                spans.Sort((x, y) => tree.StartUs[x] != tree.StartUs[y] ? tree.StartUs[x].CompareTo(tree.StartUs[y]) : x.CompareTo(y));
                found.Add(new Occurrence
                {
                    Kind = DetectorKind.LockStepTimeouts,
                    Parent = CommonParent(tree, spans),
                    Spans = [.. spans],
                    Pattern = facts[spans[0]].Pattern != 0 ? facts[spans[0]].Pattern : tree.Trace.Row(spans[0]).Operation,
                    WasteUs = tree.Duration(spans[0]),
                    Service = tree.Trace.ServiceId(spans[0]),
                    Detail = FormattableString.Invariant($"{spans.Count} calls failed after about {tree.Duration(spans[0]) / 1_000} ms"),
                });
            }

            from = to;
        }
    }

    private void Origins(TraceTree tree, SpanFacts[] facts, List<Occurrence> found)
    {
        var failed = _failed.ToHashSet();
        foreach (var origin in _failed)
        {
            var deepest = true;
            foreach (var child in tree.Children(origin))
                deepest &= !failed.Contains(child);
            if (!deepest)
                continue;
            var path = new List<int> { origin };
            for (var at = tree.ParentOf[origin]; at >= 0 && failed.Contains(at); at = tree.ParentOf[at])
                path.Add(at);
            if (path.Count < options.ErrorDepthMin)
                continue;
            path.Reverse();
            found.Add(new Occurrence
            {
                Kind = DetectorKind.ErrorPropagation,
                Parent = path[0],
                Spans = [.. path],
                Pattern = facts[origin].Pattern != 0 ? facts[origin].Pattern : tree.Trace.Row(origin).Operation,
                WasteUs = 0,
                Service = tree.Trace.ServiceId(origin),
                Detail = ErrorType(tree, origin),
            });
        }
    }

    private static string? ErrorType(TraceTree tree, int span)
    {
        foreach (var attribute in tree.Trace.Attributes(span))
        {
            if (Keys.Role(attribute.Key) == KeyRole.ErrorType)
                return tree.Trace.Table.Values.Text(attribute.Value);
        }

        return null;
    }

    // Depths can be large and spans many: climb in step, level by level.
    private static int CommonParent(TraceTree tree, List<int> spans)
    {
        var common = tree.ParentOf[spans[0]];
        if (common < 0)
            return spans[0];
        foreach (var span in spans)
        {
            if (tree.ParentOf[span] == common)
                continue;
            var above = new HashSet<int>();
            for (var at = span; at >= 0; at = tree.ParentOf[at])
                above.Add(at);
            while (common >= 0 && !above.Contains(common))
                common = tree.ParentOf[common];
            if (common < 0)
                return spans[0];
        }

        return common;
    }

    private static void AddTo<TKey>(Dictionary<TKey, List<int>> lists, TKey key, int span)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists.Add(key, list = []);
        list.Add(span);
    }
}
