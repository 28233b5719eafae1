namespace Prunella.Traces.Dependencies;

/// <summary>A node and the upper left corner of its box.</summary>
public readonly record struct PlacedNode(MapNode Node, int X, int Y);

/// <summary>An edge, the curve that draws it as the data of an SVG path, and the middle of that curve.</summary>
public readonly record struct PlacedEdge(MapEdge Edge, string Path, int MiddleX, int MiddleY);

/// <summary>A service map in layers from callers to called; each kind of picture draws it its own way. The same map gives the same layout.</summary>
/// <param name="Nodes">By name.</param>
/// <param name="Edges">By caller and called.</param>
/// <param name="Width">In the units of the boxes.</param>
/// <param name="Height">In the units of the boxes.</param>
/// <param name="NodesLeftOut">Nodes that were too many.</param>
public sealed record MapLayout(IReadOnlyList<PlacedNode> Nodes, IReadOnlyList<PlacedEdge> Edges, int Width, int Height, int NodesLeftOut)
{
    /// <summary>The width of a box.</summary>
    public const int BoxWidth = 190;

    /// <summary>The height of a box.</summary>
    public const int BoxHeight = 34;

    private const int ColumnWidth = 280;
    private const int RowHeight = 56;
    private const int Margin = 20;

    /// <summary>Lays out a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="nodesMax">Nodes at most; those with most spans and calls stay.</param>
    public static MapLayout Of(ServiceMap map, int nodesMax = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(map);
        var (nodes, edges) = (map.Nodes, map.Edges);
        var leftOut = Math.Max(0, nodes.Count - nodesMax);
        if (leftOut > 0)
        {
            var calls = edges.SelectMany(edge => new[] { (Name: edge.From, edge.Calls), (Name: edge.To, edge.Calls) }).GroupBy(end => end.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(end => end.Calls), StringComparer.Ordinal);
            var kept = nodes.OrderByDescending(node => node.Spans + calls.GetValueOrDefault(node.Name)).ThenBy(node => node.Name, StringComparer.Ordinal).Take(nodesMax).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
            nodes = [.. nodes.Where(node => kept.Contains(node.Name))];
            edges = [.. edges.Where(edge => kept.Contains(edge.From) && kept.Contains(edge.To))];
        }

        var layer = Layers(nodes, edges);
        var places = new Dictionary<string, PlacedNode>(StringComparer.Ordinal);
        var rows = new Dictionary<int, int>();
        foreach (var node in nodes)
        {
            var row = rows.GetValueOrDefault(layer[node.Name]);
            rows[layer[node.Name]] = row + 1;
            places.Add(node.Name, new PlacedNode(node, Margin + layer[node.Name] * ColumnWidth, Margin + row * RowHeight));
        }

        return new MapLayout([.. places.Values], [.. edges.Select(edge => Draw(edge, places[edge.From], places[edge.To]))],
            2 * Margin + ColumnWidth * rows.Count, 2 * Margin + RowHeight * rows.Values.DefaultIfEmpty(0).Max(), leftOut);
    }

    private static PlacedEdge Draw(MapEdge edge, PlacedNode from, PlacedNode to)
    {
        var (x1, y1, x2, y2) = (from.X + BoxWidth, from.Y + BoxHeight / 2, to.X, to.Y + BoxHeight / 2);
        var bend = Math.Max(40, Math.Abs(x2 - x1) / 2);
        return new PlacedEdge(edge, FormattableString.Invariant($"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"), (x1 + x2) / 2, (y1 + y2) / 2);
    }

    // Longest distance from a node nobody calls, cycles cut where they close.
    private static Dictionary<string, int> Layers(IReadOnlyList<MapNode> nodes, IReadOnlyList<MapEdge> edges)
    {
        var layer = nodes.ToDictionary(node => node.Name, _ => 0, StringComparer.Ordinal);
        var callees = edges.GroupBy(edge => edge.From, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Select(edge => edge.To).Distinct(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        var called = edges.Where(edge => edge.From != edge.To).Select(edge => edge.To).ToHashSet(StringComparer.Ordinal);
        var state = new Dictionary<string, int>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var root in nodes.Select(node => node.Name).OrderBy(name => called.Contains(name)).ThenBy(name => name, StringComparer.Ordinal))
        {
            var open = new Stack<(string Name, bool Done)>([(root, false)]);
            while (open.TryPop(out var frame))
            {
                if (frame.Done)
                {
                    state[frame.Name] = 2;
                    order.Add(frame.Name);
                    continue;
                }

                if (!state.TryAdd(frame.Name, 1))
                    continue;
                open.Push((frame.Name, true));
                foreach (var callee in callees.GetValueOrDefault(frame.Name, []))
                {
                    if (!state.ContainsKey(callee))
                        open.Push((callee, false));
                }
            }
        }

        order.Reverse();
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < order.Count; index++)
            place[order[index]] = index;
        foreach (var name in order)
        {
            foreach (var callee in callees.GetValueOrDefault(name, []))
            {
                if (place[callee] > place[name])
                    layer[callee] = Math.Max(layer[callee], layer[name] + 1);
            }
        }

        return layer;
    }
}
