using Prunella.Traces.Detectors;
using Prunella.Traces.Model;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Dependencies;

/// <summary>What a node of the map is.</summary>
public enum NodeKind
{
    /// <summary>A service that sends traces.</summary>
    Service,

    /// <summary>A database that a service named.</summary>
    Database,

    /// <summary>A cache that a service named.</summary>
    Cache,

    /// <summary>A queue or topic.</summary>
    Queue,

    /// <summary>Something called that sends no traces.</summary>
    External,
}

/// <summary>A service, or what services call.</summary>
public sealed class MapNode(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What it is; a service if it ever sent a span.</summary>
    public NodeKind Kind { get; internal set; } = NodeKind.External;

    /// <summary>Spans it sent.</summary>
    public long Spans { get; internal set; }

    /// <summary>Spans of those that failed.</summary>
    public long Errors { get; internal set; }
}

/// <summary>Calls from one node to another.</summary>
public sealed class MapEdge(string from, string to, bool messaging)
{
    /// <summary>The caller.</summary>
    public string From { get; } = from;

    /// <summary>The called.</summary>
    public string To { get; } = to;

    /// <summary>Whether it is a message rather than a call.</summary>
    public bool Messaging { get; } = messaging;

    /// <summary>Calls seen.</summary>
    public long Calls => Latency.Count;

    /// <summary>Calls that failed.</summary>
    public long Errors { get; internal set; }

    /// <summary>Traces with at least one call.</summary>
    public long Traces { get; internal set; }

    /// <summary>The most calls in one trace.</summary>
    public long CallsPerTraceMax { get; internal set; }

    /// <summary>Durations as the caller saw them where it says, else as the called did.</summary>
    public DurationSamples Latency { get; } = new();

    internal long InTrace { get; set; }
}

/// <summary>The services seen in traces and who calls whom. Merging maps is independent of order.</summary>
public sealed class ServiceMap
{
    private readonly Dictionary<string, MapNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To, bool Messaging), MapEdge> _edges = [];
    private readonly Dictionary<(int From, int To, bool Messaging), MapEdge> _byId = [];
    private readonly Dictionary<int, MapNode> _nodeById = [];
    private readonly List<MapEdge> _touched = [];

    /// <summary>Nodes by name.</summary>
    public IReadOnlyList<MapNode> Nodes => [.. _nodes.Values.OrderBy(node => node.Name, StringComparer.Ordinal)];

    /// <summary>Edges by caller, called and kind.</summary>
    public IReadOnlyList<MapEdge> Edges => [.. _edges.Values.OrderBy(edge => edge.From, StringComparer.Ordinal).ThenBy(edge => edge.To, StringComparer.Ordinal).ThenBy(edge => edge.Messaging)];

    /// <summary>Traces the map was made from.</summary>
    public long Traces { get; private set; }

    /// <summary>Adds calls that were counted elsewhere (a tracing system's own dependency graph).</summary>
    public void AddCalls(string from, string to, long calls, long errors)
    {
        if (from == to)
            return;
        Node(from).Kind = NodeKind.Service;
        Node(to).Kind = NodeKind.Service;
        var edge = Edge(from, to, false);
        for (var call = 0L; call < Math.Min(calls, 1_000_000); call++)
            edge.Latency.Add(0);
        edge.Errors += errors;
    }

    internal void Add(TraceTree tree, SpanFacts[] facts)
    {
        Traces++;
        var names = tree.Trace.Table.Names;
        foreach (var span in tree.Order)
        {
            var service = tree.Trace.ServiceId(span);
            var node = NodeOf(service, names);
            node.Kind = NodeKind.Service;
            node.Spans++;
            if (tree.Failed(span))
                node.Errors++;
            var parent = tree.ParentOf[span];
            if (parent >= 0 && tree.Trace.ServiceId(parent) != service)
                Called(tree, facts, parent, span, names);
            ref var fact = ref facts[span];
            if (fact.Peer == 0)
                continue;
            if (tree.Kind(span) == SpanKind.Consumer)
                Count(tree, fact.Peer, service, true, span, names, NodeKind.Queue, first: true);
            else if (fact.Call != CallKind.None && fact.Call != CallKind.Tool && !AnswersElsewhere(tree, span, service, fact.Call))
                Count(tree, service, fact.Peer, fact.Call == CallKind.Message, span, names, KindOf(fact.Call), first: false);
        }

        foreach (var link in Links(tree))
        {
            var (from, to) = (tree.Trace.ServiceId(link.From), tree.Trace.ServiceId(link.To));
            if (from != to && facts[link.To].Peer == 0)
                Count(tree, from, to, true, link.To, names, NodeKind.Service, first: false);
        }

        foreach (var edge in _touched)
        {
            edge.Traces++;
            edge.CallsPerTraceMax = Math.Max(edge.CallsPerTraceMax, edge.InTrace);
            edge.InTrace = 0;
        }

        _touched.Clear();
    }

    /// <summary>Adds another map's nodes and edges.</summary>
    public void Add(ServiceMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Traces += other.Traces;
        foreach (var node in other._nodes.Values)
        {
            var own = Node(node.Name);
            own.Kind = own.Kind == NodeKind.External || node.Kind == NodeKind.Service ? (own.Kind == NodeKind.Service ? own.Kind : node.Kind) : own.Kind;
            own.Spans += node.Spans;
            own.Errors += node.Errors;
        }

        foreach (var edge in other._edges.Values)
        {
            var own = Edge(edge.From, edge.To, edge.Messaging);
            own.Errors += edge.Errors;
            own.Traces += edge.Traces;
            own.CallsPerTraceMax = Math.Max(own.CallsPerTraceMax, edge.CallsPerTraceMax);
            own.Latency.Add(edge.Latency);
        }
    }

    private void Called(TraceTree tree, SpanFacts[] facts, int parent, int span, TextPool names)
    {
        // With a queue between them, producer and consumer are each joined to the queue instead.
        if (tree.Kind(span) == SpanKind.Consumer && facts[span].Peer != 0)
            return;
        var messaging = tree.Kind(span) == SpanKind.Consumer || (tree.Trace.Row(span).Marks & SpanMarks.FollowsFrom) != 0;
        var (from, to) = (tree.Trace.ServiceId(parent), tree.Trace.ServiceId(span));
        var edge = EdgeOf(from, to, messaging, names);
        Touch(edge, tree.Failed(span) || (tree.Kind(parent) == SpanKind.Client && tree.Failed(parent)),
            tree.Kind(parent) == SpanKind.Client ? tree.Duration(parent) : tree.Duration(span));
    }

    // A call that another service's span answers needs no guess at who was called.
    private static bool AnswersElsewhere(TraceTree tree, int span, int service, CallKind call)
    {
        if (call == CallKind.Message)
            return false;
        foreach (var child in tree.Children(span))
        {
            if (tree.Trace.ServiceId(child) != service)
                return true;
        }

        return false;
    }

    private void Count(TraceTree tree, int from, int to, bool messaging, int span, TextPool names, NodeKind peer, bool first)
    {
        // A service that calls itself by loopback, or by its own name, depends on nothing new.
        if (from == to || IsLoopback(names, first ? from : to))
            return;
        var edge = EdgeOf(from, to, messaging, names);
        var node = NodeOf(first ? from : to, names);
        if (node.Kind == NodeKind.External)
            node.Kind = peer;
        Touch(edge, tree.Failed(span), tree.Duration(span));
    }

    private void Touch(MapEdge edge, bool failed, long us)
    {
        edge.Latency.Add(us);
        if (failed)
            edge.Errors++;
        if (edge.InTrace++ == 0)
            _touched.Add(edge);
    }

    private static bool IsLoopback(TextPool names, int name)
    {
        var text = names.Utf8(name);
        return text.StartsWith("localhost"u8) || text.StartsWith("127."u8) || text.StartsWith("::1"u8) || text.StartsWith("[::1]"u8) || text.StartsWith("0.0.0.0"u8);
    }

    private static NodeKind KindOf(CallKind call) => call switch
    {
        CallKind.Database => NodeKind.Database,
        CallKind.Cache => NodeKind.Cache,
        CallKind.Message => NodeKind.Queue,
        _ => NodeKind.External,
    };

    private static List<(int From, int To)> Links(TraceTree tree)
    {
        var found = new List<(int From, int To)>();
        var trace = tree.Trace;
        if (trace.Table.Links.Count == 0)
            return found;
        var byId = new Dictionary<int, int>();
        foreach (var span in tree.Order)
            byId.TryAdd(trace.Row(span).SpanId, span);
        foreach (var link in trace.Table.Links)
        {
            if (link.Row >= trace.First && link.Row < trace.First + trace.Count && byId.TryGetValue(link.SpanId, out var from) && tree.IsIncluded(link.Row - trace.First))
                found.Add((from, link.Row - trace.First));
        }

        return found;
    }

    private MapNode NodeOf(int id, TextPool names)
    {
        if (!_nodeById.TryGetValue(id, out var node))
            _nodeById.Add(id, node = Node(names.Text(id)));
        return node;
    }

    private MapEdge EdgeOf(int from, int to, bool messaging, TextPool names)
    {
        if (!_byId.TryGetValue((from, to, messaging), out var edge))
        {
            NodeOf(from, names);
            NodeOf(to, names);
            _byId.Add((from, to, messaging), edge = Edge(names.Text(from), names.Text(to), messaging));
        }

        return edge;
    }

    private MapNode Node(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
            _nodes.Add(name, node = new MapNode(name));
        return node;
    }

    private MapEdge Edge(string from, string to, bool messaging)
    {
        Node(from);
        Node(to);
        if (!_edges.TryGetValue((from, to, messaging), out var edge))
            _edges.Add((from, to, messaging), edge = new MapEdge(from, to, messaging));
        return edge;
    }
}
