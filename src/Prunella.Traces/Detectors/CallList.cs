using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>One call a span makes, as its caller sees it: a direct child, or what a thin wrapper around one call holds.</summary>
internal readonly record struct Call(int Span, int Outer, long Start, long End)
{
    public long DurationUs => End - Start;
}

/// <summary>The calls one span makes, by start, and the calls alike among them. Reused.</summary>
internal sealed class CallList
{
    // An ORM puts one or two spans of its own between a caller and the query.
    private const int WrapperDepthMax = 3;

    private readonly List<Call> _calls = [];
    private readonly Dictionary<int, List<int>> _alike = [];
    private readonly Stack<List<int>> _free = [];

    public IReadOnlyList<Call> Calls => _calls;

    public int Count => _calls.Count;

    public Call this[int index] => _calls[index];

    /// <summary>Indices of the calls by pattern and kind of call, each in order of start.</summary>
    public IEnumerable<List<int>> Alike => _alike.Values;

    public void Read(TraceTree tree, SpanFacts[] facts, int parent)
    {
        _calls.Clear();
        var sorted = true;
        foreach (var child in tree.Children(parent))
        {
            var call = Resolve(tree, facts, child);
            if (call < 0)
                continue;
            if (_calls.Count > 0 && tree.StartUs[call] < _calls[^1].Start)
                sorted = false;
            _calls.Add(new Call(call, child, tree.StartUs[call], tree.EndUs[call]));
        }

        if (!sorted)
            _calls.Sort((x, y) => x.Start != y.Start ? x.Start.CompareTo(y.Start) : x.Span.CompareTo(y.Span));
    }

    public void Group(SpanFacts[] facts)
    {
        foreach (var list in _alike.Values)
        {
            list.Clear();
            _free.Push(list);
        }

        _alike.Clear();
        for (var index = 0; index < _calls.Count; index++)
        {
            ref var fact = ref facts[_calls[index].Span];
            var key = fact.Pattern * 8 + (int)fact.Call;
            if (!_alike.TryGetValue(key, out var list))
                _alike.Add(key, list = _free.TryPop(out var free) ? free : []);
            list.Add(index);
        }
    }

    private static int Resolve(TraceTree tree, SpanFacts[] facts, int span)
    {
        for (var depth = 0; depth < WrapperDepthMax; depth++)
        {
            if (facts[span].Call != CallKind.None)
                return span;
            if (tree.Kind(span) is SpanKind.Server or SpanKind.Consumer)
                return -1;
            var children = tree.Children(span);
            if (children.Length != 1)
                return -1;
            span = children[0];
        }

        return facts[span].Call != CallKind.None ? span : -1;
    }
}
