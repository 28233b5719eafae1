namespace Prunella.Traces.CriticalPath;

/// <summary>
/// CRISP's order of siblings: A is before B when it ends before B starts, or when they overlap by less than 1 % of the
/// parent and no third sibling starts or ends in the overlap.
/// </summary>
internal ref struct HappensBefore
{
    // Overlap a parent forgives between siblings, as a share of its duration: CRISP's overlap_allowance_fraction.
    private const double OverlapAllowance = 0.01;
    private const int CountByScanMax = 32;

    private readonly WaitTree _wait;
    private readonly int _parent;
    private readonly ReadOnlySpan<int> _siblings;
    private long[]? _starts;
    private long[]? _ends;

    public HappensBefore(WaitTree wait, int parent, ReadOnlySpan<int> siblings)
    {
        _wait = wait;
        _parent = parent;
        _siblings = siblings;
    }

    public bool Before(int before, int later)
    {
        var (end, start) = (_wait.End[before], _wait.Start[later]);
        if (end < start)
            return true;
        if (end >= _wait.End[later] || _wait.Start[before] >= start)
            return false;
        var duration = _wait.Duration[_parent];
        return duration > 0 && (double)(end - start) / duration < OverlapAllowance && Events(start, end) == 2;
    }

    // Starts and ends of siblings within [from, to].
    private int Events(long from, long to)
    {
        if (_siblings.Length <= CountByScanMax)
        {
            var events = 0;
            foreach (var sibling in _siblings)
            {
                if (_wait.Start[sibling] >= from && _wait.Start[sibling] <= to)
                    events++;
                if (_wait.End[sibling] >= from && _wait.End[sibling] <= to)
                    events++;
            }

            return events;
        }

        if (_starts is null || _ends is null)
        {
            _starts = new long[_siblings.Length];
            _ends = new long[_siblings.Length];
            for (var index = 0; index < _siblings.Length; index++)
                (_starts[index], _ends[index]) = (_wait.Start[_siblings[index]], _wait.End[_siblings[index]]);
            Array.Sort(_starts);
            Array.Sort(_ends);
        }

        return Within(_starts, from, to) + Within(_ends, from, to);
    }

    private static int Within(long[] sorted, long from, long to) => Below(sorted, to + 1) - Below(sorted, from);

    private static int Below(long[] sorted, long limit)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] < limit)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
