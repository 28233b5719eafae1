using Prunella.Traces.Model;

namespace Prunella.Traces.Statistics;

/// <summary>Self time: the part of a span during which none of the spans it waits for ran. Reused.</summary>
internal sealed class SelfTime
{
    private int[] _sorted = new int[16];

    /// <summary>Microseconds of the span not covered by a child.</summary>
    public long Of(TraceTree tree, int span)
    {
        var children = tree.Children(span);
        var (from, to) = (tree.StartUs[span], tree.EndUs[span]);
        if (children.IsEmpty)
            return to - from;
        long covered = 0;
        var until = from;
        var ordered = true;
        var last = long.MinValue;
        foreach (var child in children)
        {
            ordered &= tree.StartUs[child] >= last;
            last = tree.StartUs[child];
        }

        if (!ordered)
        {
            if (_sorted.Length < children.Length)
                _sorted = new int[Math.Max(children.Length, _sorted.Length * 2)];
            children.CopyTo(_sorted);
            var copy = _sorted.AsSpan(0, children.Length);
            copy.Sort(new ByStart(tree));
            children = copy;
        }

        foreach (var child in children)
        {
            if ((tree.Trace.Row(child).Marks & SpanMarks.FollowsFrom) != 0 || tree.Kind(child) == SpanKind.Consumer)
                continue;
            var start = Math.Max(tree.StartUs[child], until);
            var end = Math.Min(tree.EndUs[child], to);
            if (end <= start)
                continue;
            covered += end - start;
            until = end;
        }

        return to - from - covered;
    }

    private readonly struct ByStart(TraceTree tree) : IComparer<int>
    {
        public int Compare(int x, int y) => tree.StartUs[x] != tree.StartUs[y] ? tree.StartUs[x].CompareTo(tree.StartUs[y]) : x.CompareTo(y);
    }
}
