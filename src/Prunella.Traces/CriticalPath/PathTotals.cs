using System.Globalization;

namespace Prunella.Traces.CriticalPath;

/// <summary>Exclusive time on a critical path by operation and by call path, microseconds, keys in ordinal order.</summary>
internal sealed record PathTotals(SortedDictionary<string, long> ByOperation, Lazy<SortedDictionary<string, long>> ByCallPath)
{
    // Texts of deep chains would be quadratic; past 64 levels the middle is a count.
    private const int NamesMax = 64;

    // Top is the ancestor where the middle begins to be left out; -1 in shallow nodes.
    private sealed record Node(int Parent, string Name, int Depth, int Top, long Us);

    /// <param name="wait">The tree the path was found in.</param>
    /// <param name="sections">The path; its lengths are the totals unless CRISP's path is given.</param>
    /// <param name="crisp">
    /// CRISP counts whole durations minus those of the spans waited for, sums by call path and only then lifts negative
    /// sums to zero; that differs from lengths where servers outlast clients or siblings overlap.
    /// </param>
    public static PathTotals Of(WaitTree wait, List<PathSection> sections, CrispPath? crisp)
    {
        var nodes = new List<Node>();
        var byParent = new Dictionary<(int Parent, int Service, int Operation), int>();
        var nodeOf = new Dictionary<int, int>();
        if (crisp is null)
        {
            foreach (var section in sections)
                Add(section.Span, section.DurationUs);
        }
        else
        {
            foreach (var span in crisp.Path)
            {
                Add(span, wait.Duration[span]);
                if (span != wait.Root)
                    Add(wait.Parent(span), -wait.Duration[span]);
            }
        }

        var byOperation = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var touched = (crisp is null ? sections.Select(section => section.Span) : crisp.Path).Select(span => nodeOf[span]).Distinct().ToList();
        foreach (var index in touched)
            byOperation[nodes[index].Name] = byOperation.GetValueOrDefault(nodes[index].Name) + Math.Max(0, nodes[index].Us);
        return new PathTotals(byOperation, new Lazy<SortedDictionary<string, long>>(() =>
        {
            var byCallPath = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var index in touched)
            {
                var path = CallPath(nodes, index);
                byCallPath[path] = byCallPath.GetValueOrDefault(path) + Math.Max(0, nodes[index].Us);
            }

            return byCallPath;
        }));

        void Add(int span, long us)
        {
            var index = NodeOf(span);
            nodes[index] = nodes[index] with { Us = nodes[index].Us + us };
        }

        int NodeOf(int span)
        {
            // A chain may be a million spans deep: climb to the first known ancestor, then name downwards.
            var chain = new Stack<int>();
            var at = span;
            while (at >= 0 && !nodeOf.ContainsKey(at))
            {
                chain.Push(at);
                at = wait.Parent(at);
            }

            var parent = at < 0 ? -1 : nodeOf[at];
            while (chain.TryPop(out at))
            {
                var key = (parent, wait.Tree.Trace.ServiceId(at), wait.Tree.Trace.Row(at).Operation);
                if (!byParent.TryGetValue(key, out var index))
                {
                    index = nodes.Count;
                    byParent.Add(key, index);
                    var depth = parent < 0 ? 1 : nodes[parent].Depth + 1;
                    nodes.Add(new Node(parent, wait.Tree.Name(at), depth, parent < 0 ? -1 : depth == NamesMax / 2 + 1 ? parent : nodes[parent].Top, 0));
                }

                nodeOf.Add(at, index);
                parent = index;
            }

            return parent;
        }
    }

    private static string CallPath(List<Node> nodes, int index)
    {
        var parts = new List<string>();
        var left = nodes[index].Depth - NamesMax;
        for (var at = index; at >= 0; at = nodes[at].Parent)
        {
            parts.Add(nodes[at].Name);
            if (left > 0 && parts.Count == NamesMax / 2)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"({left} more)"));
                at = nodes[index].Top;
                parts.Add(nodes[at].Name);
            }
        }

        parts.Reverse();
        return string.Join("->", parts);
    }
}
