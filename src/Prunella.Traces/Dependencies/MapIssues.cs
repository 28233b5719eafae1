namespace Prunella.Traces.Dependencies;

/// <summary>What is wrong with a map's shape.</summary>
public enum MapIssueKind
{
    /// <summary>Services that call each other in a circle.</summary>
    Cycle,

    /// <summary>A node without which others are cut off.</summary>
    SinglePointOfFailure,

    /// <summary>Very many calls over one edge in one trace.</summary>
    ChattyPair,

    /// <summary>A service that calls very many others.</summary>
    ExcessiveFanOut,

    /// <summary>A long chain of services.</summary>
    Depth,
}

/// <summary>An issue of a map.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Nodes">Whom it concerns; a cycle or chain in order.</param>
/// <param name="Weight">How many: nodes of the cycle or chain, dependents, calls, callees.</param>
/// <param name="Text">For people.</param>
public sealed record MapIssue(MapIssueKind Kind, IReadOnlyList<string> Nodes, long Weight, string Text);

/// <summary>
/// Issues of a service map, in linear time except for the dependents of articulation points, which cost one walk each.
/// </summary>
public static class MapIssues
{
    /// <summary>Finds the issues, by kind, then weight, then name.</summary>
    public static IReadOnlyList<MapIssue> Of(ServiceMap map, MapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        options ??= new MapOptions();
        var graph = new Graph(map);
        var issues = new List<MapIssue>();
        var component = graph.Components(out var cycles);
        foreach (var cycle in cycles)
        {
            var round = graph.Round(cycle);
            issues.Add(new MapIssue(MapIssueKind.Cycle, round, cycle.Count, $"{string.Join(" → ", round)} → {round[0]}: a failure or a slow call goes round"));
        }

        var cut = graph.ArticulationPoints();
        var dependents = graph.Dependents(cut);
        foreach (var node in cut)
        {
            if (dependents[node] >= options.DependentsMin)
            {
                issues.Add(new MapIssue(MapIssueKind.SinglePointOfFailure, [graph.Names[node]], dependents[node],
                    FormattableString.Invariant($"{dependents[node]} nodes depend on {graph.Names[node]}, and without it the map falls apart")));
            }
        }

        foreach (var edge in map.Edges)
        {
            if (!edge.Messaging && edge.CallsPerTraceMax >= options.ChattyCallsMin)
            {
                issues.Add(new MapIssue(MapIssueKind.ChattyPair, [edge.From, edge.To], edge.CallsPerTraceMax,
                    FormattableString.Invariant($"{edge.From} calls {edge.To} up to {edge.CallsPerTraceMax} times in one trace ({edge.Calls / Math.Max(1, edge.Traces)} on average)")));
            }
        }

        for (var node = 0; node < graph.Names.Count; node++)
        {
            var callees = graph.Out[node].Count;
            if (callees >= options.FanOutMin)
                issues.Add(new MapIssue(MapIssueKind.ExcessiveFanOut, [graph.Names[node]], callees, FormattableString.Invariant($"{graph.Names[node]} calls {callees} others")));
        }

        var chain = graph.LongestChain(component);
        if (chain.Count >= options.DepthMin)
            issues.Add(new MapIssue(MapIssueKind.Depth, chain, chain.Count, FormattableString.Invariant($"a chain of {chain.Count}: {string.Join(" → ", chain)}")));
        return [.. issues.OrderBy(issue => issue.Kind).ThenByDescending(issue => issue.Weight).ThenBy(issue => string.Join('\n', issue.Nodes), StringComparer.Ordinal)];
    }

    private sealed class Graph
    {
        public Graph(ServiceMap map)
        {
            Names = [.. map.Nodes.Select(node => node.Name)];
            var index = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var node = 0; node < Names.Count; node++)
                index.Add(Names[node], node);
            Out = [.. Names.Select(_ => new List<int>())];
            In = [.. Names.Select(_ => new List<int>())];
            Both = [.. Names.Select(_ => new List<int>())];
            var seen = new HashSet<(int, int)>();
            foreach (var edge in map.Edges)
            {
                var (from, to) = (index[edge.From], index[edge.To]);
                if (from == to || !seen.Add((from, to)))
                    continue;
                Out[from].Add(to);
                In[to].Add(from);
                if (!seen.Contains((to, from)))
                {
                    Both[from].Add(to);
                    Both[to].Add(from);
                }
            }
        }

        public List<string> Names { get; }

        public List<List<int>> Out { get; }

        private List<List<int>> In { get; }

        private List<List<int>> Both { get; }

        // Tarjan's components, iterative; numbered callees first.
        public int[] Components(out List<List<int>> cycles)
        {
            cycles = [];
            var component = new int[Names.Count];
            var number = new int[Names.Count];
            var low = new int[Names.Count];
            Array.Fill(component, -1);
            var counter = 0;
            var components = 0;
            var stack = new Stack<int>();
            var open = new Stack<(int Node, int Next)>();
            for (var root = 0; root < Names.Count; root++)
            {
                if (number[root] != 0)
                    continue;
                open.Push((root, 0));
                while (open.TryPop(out var frame))
                {
                    var (node, next) = frame;
                    if (next == 0)
                    {
                        number[node] = low[node] = ++counter;
                        stack.Push(node);
                    }
                    else
                    {
                        low[node] = Math.Min(low[node], low[Out[node][next - 1]]);
                    }

                    var descended = false;
                    for (; next < Out[node].Count; next++)
                    {
                        var callee = Out[node][next];
                        if (number[callee] == 0)
                        {
                            open.Push((node, next + 1));
                            open.Push((callee, 0));
                            descended = true;
                            break;
                        }

                        if (component[callee] < 0)
                            low[node] = Math.Min(low[node], number[callee]);
                    }

                    if (descended || low[node] != number[node])
                        continue;
                    var members = new List<int>();
                    int member;
                    do
                    {
                        member = stack.Pop();
                        component[member] = components;
                        members.Add(member);
                    }
                    while (member != node);
                    components++;
                    if (members.Count > 1)
                        cycles.Add(members);
                }
            }

            return component;
        }

        // A shortest round through the component from its first name.
        public List<string> Round(List<int> members)
        {
            var inside = members.ToHashSet();
            var start = members.Min();
            var cameFrom = new Dictionary<int, int>();
            var queue = new Queue<int>([start]);
            while (queue.TryDequeue(out var node))
            {
                foreach (var callee in Out[node])
                {
                    if (callee == start)
                    {
                        var round = new List<string>();
                        for (var at = node; at != start; at = cameFrom[at])
                            round.Add(Names[at]);
                        round.Add(Names[start]);
                        round.Reverse();
                        return round;
                    }

                    if (inside.Contains(callee) && cameFrom.TryAdd(callee, node))
                        queue.Enqueue(callee);
                }
            }

            return [.. members.Order().Select(member => Names[member])];
        }

        // Hopcroft and Tarjan, iterative, on the map without directions.
        public List<int> ArticulationPoints()
        {
            var number = new int[Names.Count];
            var low = new int[Names.Count];
            var parent = new int[Names.Count];
            var points = new SortedSet<int>();
            var counter = 0;
            var open = new Stack<(int Node, int Next)>();
            for (var root = 0; root < Names.Count; root++)
            {
                if (number[root] != 0)
                    continue;
                parent[root] = -1;
                var children = 0;
                open.Push((root, 0));
                number[root] = low[root] = ++counter;
                while (open.TryPop(out var frame))
                {
                    var (node, next) = frame;
                    if (next < Both[node].Count)
                    {
                        open.Push((node, next + 1));
                        var other = Both[node][next];
                        if (number[other] == 0)
                        {
                            parent[other] = node;
                            number[other] = low[other] = ++counter;
                            if (node == root)
                                children++;
                            open.Push((other, 0));
                        }
                        else if (other != parent[node])
                        {
                            low[node] = Math.Min(low[node], number[other]);
                        }

                        continue;
                    }

                    var above = parent[node];
                    if (above < 0)
                        continue;
                    low[above] = Math.Min(low[above], low[node]);
                    if (above != root && low[node] >= number[above])
                        points.Add(above);
                }

                if (children > 1)
                    points.Add(root);
            }

            return [.. points];
        }

        // How many nodes call each of these, directly or through others.
        public Dictionary<int, int> Dependents(List<int> nodes)
        {
            var dependents = new Dictionary<int, int>();
            var seen = new int[Names.Count];
            var round = 0;
            var queue = new Queue<int>();
            foreach (var node in nodes)
            {
                round++;
                seen[node] = round;
                queue.Enqueue(node);
                var count = 0;
                while (queue.TryDequeue(out var at))
                {
                    foreach (var caller in In[at])
                    {
                        if (seen[caller] == round)
                            continue;
                        seen[caller] = round;
                        count++;
                        queue.Enqueue(caller);
                    }
                }

                dependents[node] = count;
            }

            return dependents;
        }

        // Components come callees first, so one pass finds the longest chain; a cycle counts as one step.
        public List<string> LongestChain(int[] component)
        {
            if (Names.Count == 0)
                return [];
            var order = Enumerable.Range(0, Names.Count).OrderBy(node => component[node]).ToList();
            var length = new int[Names.Count];
            var next = new int[Names.Count];
            var best = order[0];
            foreach (var node in order)
            {
                (length[node], next[node]) = (1, -1);
                foreach (var callee in Out[node])
                {
                    if (component[callee] != component[node] && length[callee] + 1 > length[node])
                        (length[node], next[node]) = (length[callee] + 1, callee);
                }

                if (length[node] > length[best] || (length[node] == length[best] && node < best))
                    best = node;
            }

            var chain = new List<string>();
            for (var node = best; node >= 0; node = next[node])
                chain.Add(Names[node]);
            return chain;
        }
    }
}
