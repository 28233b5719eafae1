namespace Prunella.Traces.Model;

/// <summary>
/// Repairs and links traces, one after another, into one reused tree. What the field does is done: equal duplicates
/// are dropped and other spans with a taken id renamed, spans without a start are left out (Zipkin: inferred), orphans
/// become roots, cycles are cut at their earliest span, negative durations count as zero.
/// </summary>
public sealed class TraceTreeBuilder
{
    // A start of zero is missing only where its siblings carry wall-clock times.
    private const long DayUs = 86_400_000_000;

    private readonly TraceTree _tree = new();
    private readonly RepairOptions _options;
    private int[] _indexOf = [];
    private int[] _stampOf = [];
    private int[] _stack = [];
    private int _stamp;

    /// <param name="options">Null for the defaults.</param>
    public TraceTreeBuilder(RepairOptions? options = null) => _options = options ?? new RepairOptions();

    /// <summary>Links a trace. The tree is valid until the next call.</summary>
    public TraceTree Build(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var tree = _tree;
        tree.Trace = trace;
        tree.Suffix.Clear();
        tree.RootList.Clear();
        tree.WarningList.Clear();
        tree.WarningList.AddRange(trace.Warnings);
        Grow(trace.Count, trace.Table.Values.Count);
        Index(trace);
        Times(trace);
        Parents(trace);
        CutCycles();
        LinkChildren();
        Visit();
        Infer(trace);
        if (_options.SkewMax > TimeSpan.Zero)
            ClockSkew.Adjust(tree, _options.SkewMax);
        return tree;
    }

    private void Grow(int spans, int texts)
    {
        if (_tree.ParentOf.Length < spans)
        {
            var size = Math.Max(spans, _tree.ParentOf.Length * 2);
            _tree.ParentOf = new int[size];
            _tree.ChildStart = new int[size + 1];
            _tree.ChildList = new int[size];
            _tree.OrderList = new int[size];
            _tree.StartUs = new long[size];
            _tree.EndUs = new long[size];
            _tree.State = new byte[size];
            _stack = new int[size];
        }

        Array.Clear(_tree.State, 0, spans);
        if (_indexOf.Length < texts)
        {
            _indexOf = new int[Math.Max(texts, _indexOf.Length * 2)];
            _stampOf = new int[_indexOf.Length];
            _stamp = 0;
        }

        if (_stamp == int.MaxValue)
        {
            Array.Clear(_stampOf);
            _stamp = 0;
        }

        _stamp++;
    }

    private int IndexOf(int id) => id != 0 && _stampOf[id] == _stamp ? _indexOf[id] : -1;

    private void Index(Trace trace)
    {
        Dictionary<int, int>? seen = null;
        var equal = 0;
        for (var span = 0; span < trace.Count; span++)
        {
            ref var row = ref trace.Row(span);
            if (_stampOf[row.SpanId] != _stamp)
            {
                _stampOf[row.SpanId] = _stamp;
                _indexOf[row.SpanId] = span;
                continue;
            }

            if (Same(trace, _indexOf[row.SpanId], span))
            {
                _tree.State[span] |= TraceTree.LeftOutBit;
                equal++;
                continue;
            }

            seen ??= [];
            var number = seen[row.SpanId] = seen.GetValueOrDefault(row.SpanId) + 1;
            _tree.Suffix.Add(span, number);
        }

        if (equal > 0)
            _tree.Warn(FormattableString.Invariant($"{equal} spans reported twice; the copies are left out."));
        if (_tree.Suffix.Count > 0)
            _tree.Warn(FormattableString.Invariant($"{_tree.Suffix.Count} spans share an id with another span; they are told apart as ID_1, ID_2 and so on."));
    }

    private static bool Same(Trace trace, int first, int second)
    {
        ref var a = ref trace.Row(first);
        ref var b = ref trace.Row(second);
        return a.StartUs == b.StartUs && a.DurationUs == b.DurationUs && a.Operation == b.Operation &&
            a.ParentId == b.ParentId && a.Kind == b.Kind && trace.ServiceId(first) == trace.ServiceId(second);
    }

    private void Times(Trace trace)
    {
        var tree = _tree;
        long latest = 0;
        var (leftOut, negative) = (0, 0);
        for (var span = 0; span < trace.Count; span++)
        {
            ref var row = ref trace.Row(span);
            tree.StartUs[span] = row.StartUs;
            tree.EndUs[span] = row.StartUs + row.DurationUs;
            latest = Math.Max(latest, row.StartUs);
            if ((row.Marks & (SpanMarks.BadDuration | SpanMarks.InferTime)) == SpanMarks.BadDuration)
                negative++;
        }

        if (latest > DayUs)
        {
            for (var span = 0; span < trace.Count; span++)
            {
                ref var row = ref trace.Row(span);
                if (row.StartUs == 0 && (row.Marks & SpanMarks.InferTime) == 0 && tree.IsIncluded(span))
                {
                    tree.State[span] |= TraceTree.LeftOutBit;
                    leftOut++;
                }
            }
        }

        if (leftOut > 0)
            tree.Warn(FormattableString.Invariant($"{leftOut} spans without a start time are left out."));
        if (negative > 0)
            tree.Warn(FormattableString.Invariant($"{negative} spans with a missing, negative or impossible duration count as 0 µs."));
    }

    private void Parents(Trace trace)
    {
        var orphans = 0;
        for (var span = 0; span < trace.Count; span++)
        {
            var id = trace.Row(span).ParentId;
            var parent = IndexOf(id);
            if (parent == span)
            {
                // A renamed duplicate may be the child of the span whose id it shares; a span of its own it may not be.
                parent = -1;
                _tree.Warn($"Span {_tree.SpanId(span)} names itself as its parent; it is taken as a root.");
                id = 0;
            }

            if (parent >= 0 && !_tree.IsIncluded(parent))
                parent = -1;
            if (parent < 0 && id != 0 && _tree.IsIncluded(span))
                orphans++;
            _tree.ParentOf[span] = parent;
        }

        if (orphans > 0)
            _tree.Warn(FormattableString.Invariant($"{orphans} spans name a parent that is not in the trace; they are taken as further roots."));
    }

    private void CutCycles()
    {
        // Colours in _stack: 0 not seen, round number while being followed, -1 known to lead to a root.
        var tree = _tree;
        var count = tree.Count;
        var colour = _stack;
        Array.Clear(colour, 0, count);
        for (var span = 0; span < count; span++)
        {
            if (colour[span] != 0)
                continue;
            var round = span + 1;
            var at = span;
            while (at >= 0 && colour[at] == 0)
            {
                colour[at] = round;
                at = tree.ParentOf[at];
            }

            if (at >= 0 && colour[at] == round)
                Cut(at);
            for (at = span; at >= 0 && colour[at] == round; at = tree.ParentOf[at])
                colour[at] = -1;
        }
    }

    private void Cut(int member)
    {
        var tree = _tree;
        var earliest = member;
        var length = 1;
        for (var at = tree.ParentOf[member]; at != member; at = tree.ParentOf[at])
        {
            length++;
            if (tree.StartUs[at] < tree.StartUs[earliest] || (tree.StartUs[at] == tree.StartUs[earliest] && at < earliest))
                earliest = at;
        }

        tree.ParentOf[earliest] = -1;
        tree.Warn(FormattableString.Invariant($"{length} spans are each other's ancestors; the cycle is cut at span {tree.SpanId(earliest)}, the earliest."));
    }

    private void LinkChildren()
    {
        var tree = _tree;
        var count = tree.Count;
        var start = tree.ChildStart;
        Array.Clear(start, 0, count + 1);
        for (var span = 0; span < count; span++)
        {
            if (!tree.IsIncluded(span))
                continue;
            var parent = tree.ParentOf[span];
            if (parent >= 0)
                start[parent + 1]++;
            else
                tree.RootList.Add(span);
        }

        for (var span = 0; span < count; span++)
            start[span + 1] += start[span];
        var next = _stack;
        start.AsSpan(0, count).CopyTo(next);
        for (var span = 0; span < count; span++)
        {
            var parent = tree.ParentOf[span];
            if (parent >= 0 && tree.IsIncluded(span))
                tree.ChildList[next[parent]++] = span;
        }
    }

    private void Visit()
    {
        var tree = _tree;
        var depth = 0;
        var included = 0;
        var stack = _stack;
        for (var root = tree.RootList.Count - 1; root >= 0; root--)
            stack[depth++] = tree.RootList[root];
        while (depth > 0)
        {
            var span = stack[--depth];
            tree.OrderList[included++] = span;
            var children = tree.Children(span);
            for (var child = children.Length - 1; child >= 0; child--)
                stack[depth++] = children[child];
        }

        tree.Included = included;
    }

    // Zipkin: a span reported without times lies over its children, or, without children, at its parent's start.
    private void Infer(Trace trace)
    {
        var tree = _tree;
        var inferred = 0;
        for (var index = tree.Included - 1; index >= 0; index--)
        {
            var span = tree.OrderList[index];
            var marks = trace.Row(span).Marks;
            if ((marks & SpanMarks.InferTime) == 0 || (marks & (SpanMarks.BadStart | SpanMarks.BadDuration)) == 0)
                continue;
            inferred++;
            var (first, last) = (long.MaxValue, long.MinValue);
            foreach (var child in tree.Children(span))
            {
                if (tree.StartUs[child] > 0)
                    (first, last) = (Math.Min(first, tree.StartUs[child]), Math.Max(last, tree.EndUs[child]));
            }

            var duration = tree.EndUs[span] - tree.StartUs[span];
            if ((marks & SpanMarks.BadStart) != 0 && first != long.MaxValue)
                tree.StartUs[span] = first;
            tree.EndUs[span] = tree.StartUs[span] + duration;
            if ((marks & SpanMarks.BadDuration) != 0 && last > tree.EndUs[span] && tree.StartUs[span] > 0)
                tree.EndUs[span] = last;
        }

        if (inferred == 0)
            return;
        tree.Warn(FormattableString.Invariant($"{inferred} spans without start or duration have them inferred from their children or parent."));
        foreach (var span in tree.Order)
        {
            var parent = tree.ParentOf[span];
            if (tree.StartUs[span] != 0 || parent < 0)
                continue;
            tree.EndUs[span] += tree.StartUs[parent];
            tree.StartUs[span] = tree.StartUs[parent];
        }
    }
}
