using Prunella.Traces.CriticalPath;
using Prunella.Traces.Model;

namespace Prunella.Traces.Waterfalls;

/// <summary>A stretch of time within a trace.</summary>
/// <param name="StartUs">Microseconds after the trace began.</param>
/// <param name="DurationUs">Microseconds.</param>
public readonly record struct Stretch(long StartUs, long DurationUs);

/// <summary>A row of a waterfall: a span, or calls of one span that are folded together.</summary>
/// <param name="Span">The span; of folded calls the one that made them.</param>
/// <param name="Depth">0 for a root.</param>
/// <param name="Folded">How many calls the row stands for; 0 for a span.</param>
/// <param name="FoldedUs">The sum of their durations, microseconds.</param>
/// <param name="FoldedCriticalUs">Time on the critical path in and below them, microseconds.</param>
public readonly record struct WaterfallRow(int Span, int Depth, int Folded, long FoldedUs, long FoldedCriticalUs);

/// <summary>
/// One trace over time with its critical path. Of a large trace only what somebody opened is listed: the calls with most time on the
/// critical path first, the others folded. Keeps a copy of the trace, so that its reader may go on. Not thread-safe.
/// </summary>
public sealed class Waterfall
{
    /// <summary>Calls of one span that are listed before the others are folded.</summary>
    public const int CallsShown = 20;

    // What fits on a screen or two; more is opened by hand.
    private const int RowsOpenedFirst = 40;
    private readonly TraceTree _tree;
    private readonly List<Stretch>?[] _critical;
    private readonly long[] _criticalBelow;
    private readonly int[] _depth;

    private Waterfall(TraceTree tree)
    {
        _tree = tree;
        _critical = new List<Stretch>?[tree.Count];
        _criticalBelow = new long[tree.Count];
        _depth = new int[tree.Count];
        StartUs = tree.Order.IsEmpty ? 0 : long.MaxValue;
        var end = 0L;
        foreach (var span in tree.Order)
        {
            StartUs = Math.Min(StartUs, tree.Start(span));
            end = Math.Max(end, tree.End(span));
            _depth[span] = tree.Parent(span) is >= 0 and var parent ? _depth[parent] + 1 : 0;
        }

        DurationUs = Math.Max(0, end - StartUs);
        var finder = new CriticalPathFinder(CriticalPathMode.Default);
        foreach (var root in tree.Roots)
        {
            foreach (var section in finder.FindSections(tree, root))
            {
                (_critical[section.Span] ??= []).Add(new Stretch(section.StartUs - StartUs, section.DurationUs));
                _criticalBelow[section.Span] += section.DurationUs;
            }
        }

        for (var index = tree.Included - 1; index >= 0; index--)
        {
            var span = tree.Order[index];
            if (tree.Parent(span) is >= 0 and var parent)
                _criticalBelow[parent] += _criticalBelow[span];
        }
    }

    /// <summary>Copies a trace and follows its critical path from each root.</summary>
    public static Waterfall Of(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var table = new SpanTable(trace.Table.Names, new TextPool());
        var processes = new Dictionary<int, int>();
        for (var span = 0; span < trace.Count; span++)
            table.Copy(trace.Table, trace.First + span, processes);
        var copy = new Trace(table, 0, trace.Count, trace.TraceId, trace.Source) { WarningList = trace.WarningList };
        return new Waterfall(new TraceTreeBuilder().Build(copy));
    }

    /// <summary>The trace and how its spans are linked.</summary>
    public TraceTree Tree => _tree;

    /// <summary>When its first span began, microseconds since 1970.</summary>
    public long StartUs { get; }

    /// <summary>From its first start to its last end, microseconds.</summary>
    public long DurationUs { get; }

    /// <summary>When the span began, microseconds after the trace did.</summary>
    public long Offset(int span) => _tree.Start(span) - StartUs;

    /// <summary>How many spans it calls.</summary>
    public int Calls(int span) => _tree.Children(span).Length;

    /// <summary>When the trace waited for this span itself, in order of time.</summary>
    public IReadOnlyList<Stretch> Critical(int span) => _critical[span] ?? (IReadOnlyList<Stretch>)[];

    /// <summary>How long the trace waited for the span and all below it, microseconds.</summary>
    public long CriticalBelowUs(int span) => _criticalBelow[span];

    /// <summary>A span's attributes as read, at most so many.</summary>
    public IEnumerable<(string Key, string Value)> Attributes(int span, int max)
    {
        var found = new List<(string, string)>();
        foreach (var attribute in _tree.Trace.Attributes(span))
        {
            if (found.Count == max)
                break;
            found.Add((_tree.Trace.Table.Names.Text(attribute.Key), _tree.Trace.Table.Values.Text(attribute.Value)));
        }

        return found;
    }

    /// <summary>The spans that are open at first: along the critical path, the longest waits first.</summary>
    public IReadOnlySet<int> OpenAtFirst()
    {
        var opened = new HashSet<int>();
        var waiting = new PriorityQueue<int, (long, int)>();
        foreach (var root in _tree.Roots)
            waiting.Enqueue(root, (-_criticalBelow[root], root));
        var rows = Math.Min(_tree.Roots.Count, CallsShown);
        while (rows < RowsOpenedFirst && waiting.TryDequeue(out var span, out _))
        {
            if (Calls(span) == 0)
                continue;
            opened.Add(span);
            var shown = Shown(span, CallsShown);
            rows += shown.Count;
            foreach (var call in shown)
                waiting.Enqueue(call, (-_criticalBelow[call], call));
        }

        return opened;
    }

    /// <summary>The rows to draw, in order of the tree.</summary>
    /// <param name="opened">Spans whose calls are listed.</param>
    /// <param name="shownOf">How many calls of a span are listed, where it is not <see cref="CallsShown"/>; those of -1 are the roots.</param>
    /// <param name="max">Rows at most.</param>
    public IReadOnlyList<WaterfallRow> Rows(IReadOnlySet<int> opened, IReadOnlyDictionary<int, int> shownOf, int max)
    {
        ArgumentNullException.ThrowIfNull(opened);
        ArgumentNullException.ThrowIfNull(shownOf);
        var rows = new List<WaterfallRow>();
        var stack = new Stack<WaterfallRow>();
        Push(-1, 0);
        while (rows.Count < max && stack.TryPop(out var row))
        {
            rows.Add(row);
            if (row.Folded == 0 && opened.Contains(row.Span))
                Push(row.Span, row.Depth + 1);
        }

        return rows;

        void Push(int parent, int depth)
        {
            var calls = parent < 0 ? _tree.Roots.Count : Calls(parent);
            var shown = Shown(parent, shownOf.GetValueOrDefault(parent, CallsShown));
            if (shown.Count < calls)
            {
                var (us, critical) = (0L, 0L);
                foreach (var span in CallsOf(parent))
                    (us, critical) = (us + _tree.Duration(span), critical + _criticalBelow[span]);
                foreach (var span in shown)
                    (us, critical) = (us - _tree.Duration(span), critical - _criticalBelow[span]);
                stack.Push(new WaterfallRow(parent, depth, calls - shown.Count, us, critical));
            }

            for (var index = shown.Count - 1; index >= 0; index--)
                stack.Push(new WaterfallRow(shown[index], depth, 0, 0, 0));
        }
    }

    /// <summary>The spans from a root down to this one, this one left out: what has to be open for it to be listed.</summary>
    public IEnumerable<int> Callers(int span)
    {
        for (var caller = _tree.Parent(span); caller >= 0; caller = _tree.Parent(caller))
            yield return caller;
    }

    private ReadOnlySpan<int> CallsOf(int span) => span < 0 ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tree.RootList) : _tree.Children(span);

    // The calls waited for longest, then the longest; listed by start.
    private List<int> Shown(int span, int count)
    {
        var calls = CallsOf(span).ToArray();
        IEnumerable<int> chosen = calls.Length <= count ? calls
            : calls.OrderByDescending(call => _criticalBelow[call]).ThenByDescending(_tree.Duration).ThenBy(call => call).Take(count);
        return [.. chosen.OrderBy(_tree.Start).ThenBy(call => call)];
    }
}
