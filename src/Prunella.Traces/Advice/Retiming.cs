using Prunella.Traces.Detectors;
using Prunella.Traces.Model;

namespace Prunella.Traces.Advice;

/// <summary>
/// Re-times a trace as if a finding's advice had been followed: what ran after another still does, as long after it as
/// before, and every span waits for what it waited for. Gives what the root would gain. Reused.
/// </summary>
internal sealed class Retiming
{
    // Siblings that follow each other may overlap by clock jitter: up to 1 % of their parent (CRISP's tolerance), at most 1 ms.
    private const double JitterShare = 0.01;
    private const long JitterMaxUs = 1_000;

    private readonly Dictionary<int, long> _length = [];
    private readonly Dictionary<int, int> _anchor = [];
    private readonly HashSet<int> _noPause = [];
    private readonly Dictionary<int, long> _newStart = [];
    private readonly List<int> _dirty = [];
    private readonly HashSet<int> _seen = [];
    private int[] _byStart = new int[16];
    private int[] _byEnd = new int[16];
    private int[] _depth = [];
    private int _loopParent;
    private long _loopFrom;
    private long _loopTo;
    private long _budget;

    /// <summary>Prepares for a trace. Re-timing costs as many steps as the affected spans have siblings, and those are bounded.</summary>
    public void Begin(TraceTree tree)
    {
        _budget = 2_000_000 + 16L * tree.Count;
        if (_depth.Length < tree.Count)
            _depth = new int[Math.Max(tree.Count, _depth.Length * 2)];
        foreach (var span in tree.Order)
            _depth[span] = tree.ParentOf[span] < 0 ? 0 : _depth[tree.ParentOf[span]] + 1;
    }

    /// <summary>Microseconds the root gains, or -1 when it cannot be told.</summary>
    public long GainUs(TraceTree tree, in Occurrence occurrence, out int root)
    {
        root = occurrence.Parent;
        while (tree.ParentOf[root] >= 0)
            root = tree.ParentOf[root];
        if (occurrence.Remedy == Remedy.None || _budget <= 0)
            return -1;
        _length.Clear();
        _anchor.Clear();
        _noPause.Clear();
        Apply(tree, occurrence);
        (_loopParent, _loopFrom, _loopTo) = (occurrence.Parent, long.MaxValue, long.MinValue);
        foreach (var span in occurrence.Spans)
        {
            var start = tree.StartUs[Outer(tree, occurrence.Parent, span)];
            (_loopFrom, _loopTo) = (Math.Min(_loopFrom, start), Math.Max(_loopTo, start));
        }

        _dirty.Clear();
        _seen.Clear();
        foreach (var span in _length.Keys)
            Mark(tree, span);
        foreach (var span in _anchor.Keys)
            Mark(tree, span);
        // Deepest first: a span's length must be known before its parent is re-timed.
        _dirty.Sort((x, y) => _depth[y] != _depth[x] ? _depth[y].CompareTo(_depth[x]) : x.CompareTo(y));
        foreach (var span in _dirty)
        {
            if (!_length.ContainsKey(span))
                _length[span] = Retime(tree, span);
            if (_budget <= 0)
                return -1;
        }

        return Math.Max(0, tree.Duration(root) - _length.GetValueOrDefault(root, tree.Duration(root)));
    }

    private void Mark(TraceTree tree, int span)
    {
        for (var at = tree.ParentOf[span]; at >= 0 && _seen.Add(at); at = tree.ParentOf[at])
        {
            _dirty.Add(at);
            _budget--;
        }
    }

    private void Apply(TraceTree tree, in Occurrence occurrence)
    {
        var spans = occurrence.Spans;
        var first = Outer(tree, occurrence.Parent, spans[0]);
        switch (occurrence.Remedy)
        {
            case Remedy.Merge:
                long longest = 0;
                foreach (var span in spans)
                    longest = Math.Max(longest, tree.Duration(span));
                ReplaceAll(tree, occurrence, first, longest);
                break;
            case Remedy.Shorten:
                ReplaceAll(tree, occurrence, first, occurrence.TargetUs);
                break;
            case Remedy.Parallel:
                foreach (var span in spans.AsSpan(1))
                    _anchor[Outer(tree, occurrence.Parent, span)] = first;
                break;
            case Remedy.KeepFirst:
                foreach (var span in spans.AsSpan(1))
                    _length[span] = 0;
                break;
            case Remedy.KeepLast:
                foreach (var span in spans.AsSpan(0, spans.Length - 1))
                {
                    var outer = Outer(tree, occurrence.Parent, span);
                    _length[outer] = 0;
                    _noPause.Add(outer);
                }

                _noPause.Remove(first);
                _noPause.Add(Outer(tree, occurrence.Parent, spans[^1]));
                break;
        }
    }

    private void ReplaceAll(TraceTree tree, in Occurrence occurrence, int first, long us)
    {
        foreach (var span in occurrence.Spans.AsSpan(1))
        {
            var outer = Outer(tree, occurrence.Parent, span);
            _length[outer] = 0;
            _noPause.Add(outer);
        }

        _length[first] = tree.Duration(first) - tree.Duration(occurrence.Spans[0]) + us;
        _noPause.Remove(first);
    }

    // The child of the parent that a call lies under; wrappers are thin, so the climb is short.
    private static int Outer(TraceTree tree, int parent, int span)
    {
        for (var at = span; at >= 0; at = tree.ParentOf[at])
        {
            if (tree.ParentOf[at] == parent)
                return at;
        }

        return span;
    }

    private long Retime(TraceTree tree, int parent)
    {
        var (from, to) = (tree.StartUs[parent], tree.EndUs[parent]);
        var jitter = Math.Min((long)((to - from) * JitterShare), JitterMaxUs);
        var count = 0;
        var children = tree.Children(parent);
        _budget -= children.Length * 2L;
        if (_byStart.Length < children.Length)
        {
            _byStart = new int[children.Length * 2];
            _byEnd = new int[_byStart.Length];
        }

        foreach (var child in children)
        {
            // What the parent did not wait for does not move it.
            if ((tree.Trace.Row(child).Marks & SpanMarks.FollowsFrom) == 0 && tree.Kind(child) != SpanKind.Consumer &&
                tree.StartUs[child] < to && tree.EndUs[child] <= to + jitter)
                _byStart[count++] = child;
        }

        if (count == 0)
            return to - from;
        Array.Copy(_byStart, _byEnd, count);
        _byStart.AsSpan(0, count).Sort((x, y) => tree.StartUs[x] != tree.StartUs[y] ? tree.StartUs[x].CompareTo(tree.StartUs[y]) : tree.EndUs[x] != tree.EndUs[y] ? tree.EndUs[x].CompareTo(tree.EndUs[y]) : x.CompareTo(y));
        _byEnd.AsSpan(0, count).Sort((x, y) => tree.EndUs[x] != tree.EndUs[y] ? tree.EndUs[x].CompareTo(tree.EndUs[y]) : x.CompareTo(y));
        _newStart.Clear();
        var ended = 0;
        var (lastEnd, lastNewEnd) = (from, from);
        var (latest, newLatest) = (from, from);
        var (latestInLoop, newLatestInLoop) = (from, from);
        var ends = new Dictionary<int, long>(count);
        for (var index = 0; index < count; index++)
        {
            var child = _byStart[index];
            var start = tree.StartUs[child];
            while (ended < count && tree.EndUs[_byEnd[ended]] <= start + jitter && ends.TryGetValue(_byEnd[ended], out var newEnd))
            {
                latest = Math.Max(latest, tree.EndUs[_byEnd[ended]]);
                newLatest = Math.Max(newLatest, newEnd);
                if (tree.StartUs[_byEnd[ended]] >= _loopFrom)
                {
                    latestInLoop = Math.Max(latestInLoop, tree.EndUs[_byEnd[ended]]);
                    newLatestInLoop = Math.Max(newLatestInLoop, newEnd);
                }

                ended++;
            }

            var (causeEnd, newCauseEnd) = (latest, newLatest);
            // A loop goes on in its own thread: what began before it and ends meanwhile is not what it waits for.
            if (parent == _loopParent && start > _loopFrom && start <= _loopTo && latestInLoop > from)
                (causeEnd, newCauseEnd) = (latestInLoop, newLatestInLoop);
            // What happened last before a start is taken for its cause: an end, or the start of what still runs, which runs in another thread.
            var newStart = newCauseEnd + (_noPause.Contains(child) ? 0 : start - causeEnd);
            if (index > 0 && !_noPause.Contains(child) && _byStart[index - 1] is var beside && tree.StartUs[beside] >= causeEnd && tree.EndUs[beside] > start + jitter)
                newStart = _newStart[beside] + Math.Min(start - tree.StartUs[beside], _length.GetValueOrDefault(beside, tree.Duration(beside)));
            if (_anchor.TryGetValue(child, out var anchor) && _newStart.TryGetValue(anchor, out var anchored))
                newStart = anchored;
            _newStart[child] = newStart;
            var end = newStart + _length.GetValueOrDefault(child, tree.Duration(child));
            ends[child] = end;
            lastEnd = Math.Max(lastEnd, tree.EndUs[child]);
            lastNewEnd = Math.Max(lastNewEnd, end);
        }

        return lastNewEnd - from + (to - lastEnd);
    }
}
