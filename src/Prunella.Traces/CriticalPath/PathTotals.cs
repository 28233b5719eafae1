using System.Globalization;

namespace Prunella.Traces.CriticalPath;

/// <summary>Exclusive time on a critical path by operation and by call path, microseconds, keys in ordinal order.</summary>
internal sealed record PathTotals(SortedDictionary<string, long> ByOperation, SortedDictionary<string, long> ByCallPath)
{
    private sealed record Node(int Parent, string Name, long Us);

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
        var byCallPath = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var touched = crisp is null ? sections.Select(section => section.Span) : crisp.Path;
        var callPaths = new string?[nodes.Count];
        foreach (var index in touched.Select(span => nodeOf[span]).Distinct())
        {
            var us = Math.Max(0, nodes[index].Us);
            byOperation[nodes[index].Name] = byOperation.GetValueOrDefault(nodes[index].Name) + us;
            var path = CallPath(index);
            byCallPath[path] = byCallPath.GetValueOrDefault(path) + us;
        }

        return new PathTotals(byOperation, byCallPath);

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
                    nodes.Add(new Node(parent, wait.Tree.Name(at), 0));
                }

                nodeOf.Add(at, index);
                parent = index;
            }

            return parent;
        }

        string CallPath(int index)
        {
            if (callPaths[index] is { } known)
                return known;
            // Texts of deep chains would be quadratic; past 64 levels the middle is a count.
            var parts = new List<string>();
            for (var at = index; at >= 0; at = nodes[at].Parent)
                parts.Add(nodes[at].Name);
            parts.Reverse();
            if (parts.Count > 64)
            {
                var left = parts.Count - 64;
                parts.RemoveRange(32, left);
                parts.Insert(32, string.Create(CultureInfo.InvariantCulture, $"({left} more)"));
            }

            return callPaths[index] = string.Join("->", parts);
        }
    }
}
