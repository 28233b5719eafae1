using Prunella.Traces.Model;

namespace Prunella.Traces.Statistics;

/// <summary>What was seen at one call path: the operations from a root down to one.</summary>
public sealed class CallPathStatistics
{
    internal int Parent;
    internal int ServiceId;
    internal int OperationId;
    internal int Depth;

    /// <summary>The service of the last operation.</summary>
    public required string Service { get; init; }

    /// <summary>The last operation.</summary>
    public required string Operation { get; init; }

    /// <summary>Spans that failed.</summary>
    public long Errors { get; internal set; }

    /// <summary>Self time per span, microseconds.</summary>
    public DurationSamples Self { get; } = new();

    /// <summary>Duration per span, microseconds.</summary>
    public DurationSamples Durations { get; } = new();

    /// <summary>Own time on critical paths, microseconds.</summary>
    public long CriticalUs { get; internal set; }
}

/// <summary>Call paths as a tree: node 0 is above the roots. One dictionary access a span, whatever the depth.</summary>
public sealed class CallPathTable
{
    private readonly Dictionary<(int Parent, int Service, int Operation), int> _children = [];
    private readonly List<CallPathStatistics> _nodes = [new CallPathStatistics { Service = string.Empty, Operation = string.Empty, Parent = -1 }];

    internal IReadOnlyList<CallPathStatistics> Nodes => _nodes;

    /// <summary>Distinct call paths.</summary>
    public int Count => _nodes.Count - 1;

    internal CallPathStatistics this[int node] => _nodes[node];

    internal int Child(int parent, int service, int operation, TextPool names)
    {
        ref var node = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_children, (parent, service, operation), out var known);
        if (known)
            return node;
        node = _nodes.Count;
        _nodes.Add(new CallPathStatistics
        {
            Service = names.Text(service),
            Operation = names.Text(operation),
            Parent = parent,
            ServiceId = service,
            OperationId = operation,
            Depth = _nodes[parent].Depth + 1,
        });
        return node;
    }

    /// <summary>Adds another table's paths; both tables' ids are turned into the given pool's.</summary>
    internal void Add(CallPathTable other, TextPool names)
    {
        var map = new int[other._nodes.Count];
        for (var index = 1; index < other._nodes.Count; index++)
        {
            // A parent is always listed before its children.
            var from = other._nodes[index];
            map[index] = Child(map[from.Parent], names.Intern(from.Service), names.Intern(from.Operation), names);
            var to = _nodes[map[index]];
            to.Errors += from.Errors;
            to.CriticalUs += from.CriticalUs;
            to.Self.Add(from.Self);
            to.Durations.Add(from.Durations);
        }
    }

    /// <summary>Node numbers in an order that depends on names only: depth first, children by service then operation.</summary>
    internal List<int> Sorted()
    {
        var children = new List<int>?[_nodes.Count];
        for (var index = 1; index < _nodes.Count; index++)
            (children[_nodes[index].Parent] ??= []).Add(index);
        var sorted = new List<int>(_nodes.Count);
        var open = new Stack<int>();
        open.Push(0);
        while (open.TryPop(out var node))
        {
            if (node != 0)
                sorted.Add(node);
            if (children[node] is not { } below)
                continue;
            below.Sort((x, y) =>
            {
                var order = string.CompareOrdinal(_nodes[y].Service, _nodes[x].Service);
                return order != 0 ? order : string.CompareOrdinal(_nodes[y].Operation, _nodes[x].Operation);
            });
            foreach (var child in below)
                open.Push(child);
        }

        return sorted;
    }
}
