namespace Prunella.Traces.CriticalPath;

/// <summary>CRISP's critical path: from the child that ended last, each sibling that happened before the one taken last.</summary>
/// <remarks>CRISP's conformance rules: a stable sort by end, reversed, so that of equal ends the later in the input comes first.</remarks>
internal sealed class CrispPath
{
    private readonly Stack<int> _open = new();
    private readonly List<int> _chain = [];
    private int[] _sorted = new int[64];
    private long[] _from = [];
    private long[] _to = [];

    /// <summary>Spans on the path: the root first, each before the spans it waited for, later siblings first.</summary>
    public List<int> Path { get; } = [];

    /// <summary>Finds the path and the windows of each span's own time on it, clipped to its parent's window.</summary>
    public void Find(WaitTree wait, List<PathSection> sections)
    {
        Path.Clear();
        if (_from.Length < wait.Tree.Count)
        {
            _from = new long[wait.Tree.Count];
            _to = new long[wait.Tree.Count];
        }

        (_from[wait.Root], _to[wait.Root]) = (wait.Start[wait.Root], wait.End[wait.Root]);
        _open.Push(wait.Root);
        while (_open.TryPop(out var span))
        {
            Path.Add(span);
            Chain(wait, span);
            Cut(wait, span, sections);
            for (var index = _chain.Count - 1; index >= 0; index--)
                _open.Push(_chain[index]);
        }

        sections.Sort((x, y) => x.StartUs != y.StartUs ? x.StartUs.CompareTo(y.StartUs) : x.EndUs.CompareTo(y.EndUs));
    }

    // The children of a span that are on the path, the last to end first.
    private void Chain(WaitTree wait, int span)
    {
        _chain.Clear();
        var children = wait.Children(span);
        if (children.IsEmpty)
            return;
        if (_sorted.Length < children.Length)
            _sorted = new int[Math.Max(children.Length, _sorted.Length * 2)];
        var sorted = _sorted.AsSpan(0, children.Length);
        children.CopyTo(sorted);
        sorted.Sort(new ByEnd(wait));
        var order = new HappensBefore(wait, span, sorted);
        var last = sorted[0];
        _chain.Add(last);
        for (var index = 1; index < sorted.Length; index++)
        {
            if (order.Before(sorted[index], last))
                _chain.Add(last = sorted[index]);
        }
    }

    private void Cut(WaitTree wait, int span, List<PathSection> sections)
    {
        var (low, high) = (_from[span], _to[span]);
        var cursor = low;
        for (var index = _chain.Count - 1; index >= 0; index--)
        {
            var child = _chain[index];
            // Siblings that overlap within the tolerance share no time here: it counts for the earlier one.
            var from = Math.Min(Math.Max(Math.Max(wait.Start[child], low), cursor), high);
            var to = Math.Max(Math.Min(wait.End[child], high), from);
            (_from[child], _to[child]) = (from, to);
            if (from > cursor)
                sections.Add(new PathSection(span, cursor, from));
            cursor = to;
        }

        if (high > cursor)
            sections.Add(new PathSection(span, cursor, high));
    }

    internal readonly struct ByEnd(WaitTree wait) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = wait.End[y].CompareTo(wait.End[x]);
            return order != 0 ? order : y.CompareTo(x);
        }
    }
}
