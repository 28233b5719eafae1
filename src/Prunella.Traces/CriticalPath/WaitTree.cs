using Prunella.Traces.Model;

namespace Prunella.Traces.CriticalPath;

/// <summary>
/// The part of a trace below one span as a mode sees it: who waits for whom, with times made to fit. Reused; arrays are
/// indexed by the tree's spans.
/// </summary>
/// <remarks>
/// Sources: Jaeger UI, CriticalPath/utils/sanitizeOverFlowingChildren; CRISP, ATC '22 section 4.2 and its published
/// conformance rules (children in input order, integer microseconds).
/// </remarks>
internal sealed class WaitTree
{
    // CRISP's configuration: a server span may outlast its client by this factor and still be its callee.
    private const double ServerLengthening = 1.01;

    private int[] _stack = [];
    private int[] _childStart = [];
    private int[] _childCount = [];
    private int[] _children = [];
    private int[] _order = [];

    public TraceTree Tree { get; private set; } = null!;

    public int Root { get; private set; }

    public long[] Start { get; private set; } = [];

    public long[] End { get; private set; } = [];

    /// <summary>Microseconds. CRISP may cap a duration without moving the end; elsewhere End − Start.</summary>
    public long[] Duration { get; private set; } = [];

    /// <summary>Spans in the tree, each after its parent.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, Count);

    public int Count { get; private set; }

    public ReadOnlySpan<int> Children(int span) => _children.AsSpan(_childStart[span], _childCount[span]);

    public int Parent(int span) => span == Root ? -1 : Tree.ParentOf[span];

    public void Build(TraceTree tree, int root, CriticalPathMode mode)
    {
        Tree = tree;
        Root = root;
        Grow(tree.Count);
        var used = 0;
        var depth = 0;
        Count = 0;
        _stack[depth++] = root;
        Start[root] = tree.StartUs[root];
        End[root] = tree.EndUs[root];
        Duration[root] = End[root] - Start[root];
        while (depth > 0)
        {
            var span = _stack[--depth];
            _order[Count++] = span;
            var first = used;
            var children = tree.Children(span);
            var waited = mode == CriticalPathMode.Crisp ? CountWaited(children) : 0;
            foreach (var child in children)
            {
                var row = tree.Trace.Row(child);
                if ((row.Marks & SpanMarks.FollowsFrom) != 0)
                    continue;
                Start[child] = tree.StartUs[child];
                End[child] = tree.EndUs[child];
                Duration[child] = End[child] - Start[child];
                var kept = mode == CriticalPathMode.Crisp
                    ? FitCrisp(span, child, waited)
                    : !(row.Kind == SpanKind.Consumer && tree.Kind(span) == SpanKind.Producer) && Clip(span, child);
                if (kept)
                    _children[used++] = child;
            }

            _childStart[span] = first;
            _childCount[span] = used - first;
            for (var index = used - 1; index >= first; index--)
                _stack[depth++] = _children[index];
        }
    }

    private int CountWaited(ReadOnlySpan<int> children)
    {
        var waited = 0;
        foreach (var child in children)
        {
            if ((Tree.Trace.Row(child).Marks & SpanMarks.FollowsFrom) == 0)
                waited++;
        }

        return waited;
    }

    // Jaeger: cut what sticks out on either side; drop what lies outside, a child starting at its parent's end included.
    private bool Clip(int parent, int child)
    {
        var (from, to) = (Start[parent], End[parent]);
        if (Start[child] >= from ? Start[child] >= to : End[child] <= from)
            return false;
        Start[child] = Math.Max(Start[child], from);
        End[child] = Math.Min(End[child], to);
        Duration[child] = End[child] - Start[child];
        return true;
    }

    private bool FitCrisp(int parent, int child, int siblings)
    {
        var (from, to) = (Start[parent], End[parent]);
        var (start, end) = (Start[child], End[child]);
        // Case 0: a server below its client keeps its times; only its duration is capped.
        if (siblings == 1 && !(Duration[child] > ServerLengthening * Duration[parent]) && IsCall(parent, child))
        {
            Duration[child] = Math.Min(Duration[child], Duration[parent]);
            return true;
        }

        // Case 1: inside.
        if (start >= from && end <= to)
            return true;
        // Case 2: starts early.
        if (start < from && end <= to && end > from)
        {
            Start[child] = from;
            Duration[child] -= from - start;
            return true;
        }

        // Case 3: ends late.
        if (start >= from && end > to && start < to)
        {
            End[child] = to;
            Duration[child] -= end - to;
            return true;
        }

        // Case 4: outside, or around the parent.
        return false;
    }

    private bool IsCall(int parent, int child)
    {
        if (Tree.Kind(child) == SpanKind.Server)
        {
            if (Tree.Kind(parent) == SpanKind.Client)
                return true;
            var grandparent = Parent(parent);
            if (Tree.Kind(parent) != SpanKind.Server && grandparent >= 0 && Tree.Kind(grandparent) == SpanKind.Server)
                return true;
        }

        var (hostOfParent, hostOfChild) = (Hostname(parent), Hostname(child));
        return hostOfParent != 0 && hostOfChild != 0 && hostOfParent != hostOfChild;
    }

    private int Hostname(int span)
    {
        var process = Tree.Trace.Row(span).Process;
        return process < 0 ? 0 : Tree.Trace.Table.Processes[process].Hostname;
    }

    private void Grow(int spans)
    {
        if (_stack.Length >= spans)
            return;
        var size = Math.Max(spans, _stack.Length * 2);
        _stack = new int[size];
        _childStart = new int[size];
        _childCount = new int[size];
        _children = new int[size];
        _order = new int[size];
        Start = new long[size];
        End = new long[size];
        Duration = new long[size];
    }
}
