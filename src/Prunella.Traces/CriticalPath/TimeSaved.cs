using Prunella.Traces.Model;

namespace Prunella.Traces.CriticalPath;

/// <summary>
/// By how much a span would be shorter if erring spans below it took no time, every observed order of siblings kept:
/// CRISP's "all series" rule. Children that overlap form a block; blocks follow each other; inside a block a child starts
/// as long after its latest predecessor as it did.
/// </summary>
/// <remarks>
/// CRISP walks pairs of siblings. Sorted by end, the predecessors of a child are a run of the siblings after it, and a
/// run ends where the run of its first member's next ends or where someone ended before that member started. So a run is
/// found by binary search, its latest new end by a tree of maxima, and a block of n children costs n log n.
/// </remarks>
internal sealed class TimeSaved(WaitTree wait, SpanMarks erring)
{
    private readonly Dictionary<int, long> _saved = [];
    private long[] _maximum = [];

    public long OfRoot()
    {
        // Only spans with an erring span (or a capped duration) below them can save anything; others are worth zero.
        var touched = new HashSet<int>();
        foreach (var span in wait.Order)
        {
            if (!Erring(span) && wait.Duration[span] == wait.End[span] - wait.Start[span])
                continue;
            for (var at = span; at >= 0 && touched.Add(at); at = wait.Parent(at))
            {
            }
        }

        var order = wait.Order;
        for (var index = order.Length - 1; index >= 0; index--)
        {
            if (touched.Contains(order[index]))
                _saved[order[index]] = OfSpan(order[index]);
        }

        return _saved.GetValueOrDefault(wait.Root);
    }

    private bool Erring(int span) => (wait.Tree.Trace.Row(span).Marks & erring) != 0;

    private long OfSpan(int span)
    {
        if (Erring(span))
            return wait.Duration[span];
        var children = wait.Children(span);
        if (children.IsEmpty)
            return 0;
        var sorted = children.ToArray();
        Array.Sort(sorted, new ByEndThenStart(wait));
        var order = new HappensBefore(wait, span, children);
        long saved = 0;
        var first = 0;
        long overlap = 0;
        var earliest = sorted[0];
        for (var index = 1; index <= sorted.Length; index++)
        {
            if (index < sorted.Length && !order.Before(sorted[index], earliest))
            {
                if (wait.Start[sorted[index]] < wait.Start[earliest])
                    earliest = sorted[index];
                continue;
            }

            saved += OfBlock(span, sorted.AsSpan(first, index - first), wait.Start[earliest], overlap);
            if (index == sorted.Length)
                break;
            overlap = Math.Max(0, wait.End[sorted[index]] - wait.Start[earliest]);
            first = index;
            earliest = sorted[index];
        }

        return Math.Min(saved, wait.Duration[span]);
    }

    private long OfBlock(int parent, Span<int> block, long blockStart, long overlap)
    {
        var any = false;
        foreach (var span in block)
            any |= _saved.ContainsKey(span);
        if (!any)
            return 0;
        var blockEnd = wait.End[block[0]];
        block.Sort(new CrispPath.ByEnd(wait));
        var count = block.Length;
        var size = 1;
        while (size < count)
            size *= 2;
        if (_maximum.Length < size * 2)
            _maximum = new long[size * 2];
        Array.Fill(_maximum, long.MinValue, 0, size * 2);
        var runEnd = new int[count + 1];
        var total = new long[count];
        runEnd[count] = count;
        for (var index = count - 1; index >= 0; index--)
        {
            var span = block[index];
            var endedBefore = FirstEndedBy(block, index + 1, wait.Start[span]);
            runEnd[index] = Math.Min(runEnd[index + 1], endedBefore);
            var gap = wait.Start[span] - blockStart;
            var latest = blockStart;
            if (endedBefore < count)
            {
                gap = Math.Max(0, Math.Min(gap, wait.Start[span] - wait.End[block[endedBefore]]));
                latest = Math.Max(latest, Maximum(endedBefore, runEnd[endedBefore], size));
            }

            var newEnd = latest + gap + wait.Duration[span] - _saved.GetValueOrDefault(span);
            total[index] = wait.End[span] - newEnd;
            Set(index, newEnd, size);
        }

        var longest = long.MinValue;
        var order = new HappensBefore(wait, parent, block);
        for (var index = 0; index < count; index++)
        {
            if (index > 0 && order.Before(block[index], block[0]))
                break;
            longest = Math.Max(longest, wait.End[block[index]] - total[index]);
        }

        return Math.Max(0, blockEnd - longest - overlap);
    }

    // The block is sorted by end, latest first: the first place from which on everyone had ended by then.
    private int FirstEndedBy(Span<int> block, int from, long time)
    {
        var (low, high) = (from, block.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (wait.End[block[middle]] <= time)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void Set(int index, long value, int size)
    {
        for (index += size; index > 0 && _maximum[index] < value; index /= 2)
            _maximum[index] = value;
    }

    private long Maximum(int from, int to, int size)
    {
        var maximum = long.MinValue;
        for (from += size, to += size; from < to; from /= 2, to /= 2)
        {
            if ((from & 1) == 1)
                maximum = Math.Max(maximum, _maximum[from++]);
            if ((to & 1) == 1)
                maximum = Math.Max(maximum, _maximum[--to]);
        }

        return maximum;
    }

    private readonly struct ByEndThenStart(WaitTree wait) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var order = wait.End[y].CompareTo(wait.End[x]);
            if (order == 0)
                order = wait.Start[x].CompareTo(wait.Start[y]);
            return order != 0 ? order : string.CompareOrdinal(wait.Tree.SpanId(x), wait.Tree.SpanId(y));
        }
    }
}
