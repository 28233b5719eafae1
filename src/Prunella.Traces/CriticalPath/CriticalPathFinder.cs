using System.Runtime.InteropServices;
using Prunella.Traces.Model;

namespace Prunella.Traces.CriticalPath;

/// <summary>Finds critical paths in one mode. Iterative, so depth is bounded by memory only. Reused; not thread-safe.</summary>
public sealed class CriticalPathFinder(CriticalPathMode mode)
{
    private readonly WaitTree _wait = new();
    private readonly List<PathSection> _sections = [];
    private readonly CrispPath _crisp = new();
    private Frame[] _frames = new Frame[32];
    private int[] _sorted = new int[64];

    /// <summary>The rules in use.</summary>
    public CriticalPathMode Mode => mode;

    /// <summary>The path with everything that is derived from it.</summary>
    /// <param name="tree">The trace.</param>
    /// <param name="root">The span to start from; it need not be a root of the tree.</param>
    public CriticalPathResult Find(TraceTree tree, int root)
    {
        ArgumentNullException.ThrowIfNull(tree);
        FindSections(tree, root);
        var exclusive = PathTotals.Of(_wait, _sections, mode == CriticalPathMode.Crisp ? _crisp : null);
        var marks = mode == CriticalPathMode.Crisp ? SpanMarks.CrispError : SpanMarks.Error;
        long work = 0, savedOnWork = 0;
        foreach (var span in _wait.Order)
        {
            work += _wait.Duration[span];
            if ((tree.Trace.Row(span).Marks & marks) != 0)
                savedOnWork += _wait.Duration[span];
        }

        return new CriticalPathResult
        {
            Root = root,
            DurationUs = tree.Duration(root),
            Sections = [.. _sections],
            ExclusiveUs = exclusive.ByOperation,
            CallPaths = exclusive.ByCallPath,
            TotalWorkUs = work,
            SavedOnWorkUs = savedOnWork,
            SavedOnPathUs = new TimeSaved(_wait, marks).OfRoot(),
            DragUs = Drag.Of(_wait, OnPath()),
        };
    }

    /// <summary>The sections only, in order of time; valid until the next call. What bulk analysis needs.</summary>
    internal ReadOnlySpan<PathSection> FindSections(TraceTree tree, int root)
    {
        _wait.Build(tree, root, mode);
        _sections.Clear();
        if (mode == CriticalPathMode.Crisp)
            _crisp.Find(_wait, _sections);
        else
            Walk(root);
        return CollectionsMarshal.AsSpan(_sections);
    }

    private List<int> OnPath()
    {
        if (mode == CriticalPathMode.Crisp)
            return _crisp.Path;
        var seen = new HashSet<int>();
        var path = new List<int>();
        foreach (var section in _sections)
        {
            // Whoever waits for a span on the path is on it, also without time of its own.
            for (var span = section.Span; span >= 0 && seen.Add(span); span = _wait.Parent(span))
                path.Add(span);
        }

        return path;
    }

    private struct Frame
    {
        public int Span;
        public int First;
        public int Next;
        public int Last;
        public bool Returned;
    }

    // From the root's end backwards: whoever ended last before the cursor was waited for; what is left is the span's own.
    private void Walk(int root)
    {
        var depth = 0;
        var used = 0;
        var cursor = _wait.End[root];
        Push(root, ref depth, ref used);
        while (depth > 0)
        {
            ref var frame = ref _frames[depth - 1];
            var child = -1;
            while (frame.Next < frame.Last)
            {
                var candidate = _sorted[frame.Next++];
                var end = _wait.End[candidate];
                if (!frame.Returned || (mode == CriticalPathMode.Jaeger ? end < cursor : end <= cursor))
                {
                    child = candidate;
                    break;
                }
            }

            frame.Returned = true;
            var from = child >= 0 ? _wait.End[child] : _wait.Start[frame.Span];
            if (from < cursor)
                Add(frame.Span, from, cursor);
            cursor = from;
            if (child >= 0)
            {
                Push(child, ref depth, ref used);
            }
            else
            {
                used = frame.First;
                depth--;
            }
        }

        _sections.Reverse();
    }

    private void Add(int span, long from, long to)
    {
        // Jaeger shows a stretch interrupted by an empty child as two; by default it is one.
        if (mode == CriticalPathMode.Default && _sections.Count > 0 && _sections[^1].Span == span && _sections[^1].StartUs == to)
            _sections[^1] = new PathSection(span, from, _sections[^1].EndUs);
        else
            _sections.Add(new PathSection(span, from, to));
    }

    private void Push(int span, ref int depth, ref int used)
    {
        var children = _wait.Children(span);
        if (used + children.Length > _sorted.Length)
            Array.Resize(ref _sorted, Math.Max(_sorted.Length * 2, used + children.Length));
        if (depth == _frames.Length)
            Array.Resize(ref _frames, depth * 2);
        var own = _sorted.AsSpan(used, children.Length);
        children.CopyTo(own);
        if (own.Length > 1)
            own.Sort(new ByEnd(_wait));
        _frames[depth++] = new Frame { Span = span, First = used, Next = used, Last = used + children.Length };
        used += children.Length;
    }

    // Latest end first; of equal ends the one that started first, as Jaeger lists children by start.
    private readonly struct ByEnd(WaitTree wait) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = wait.End[y].CompareTo(wait.End[x]);
            if (order == 0)
                order = wait.Tree.StartUs[x].CompareTo(wait.Tree.StartUs[y]);
            return order != 0 ? order : x.CompareTo(y);
        }
    }
}
