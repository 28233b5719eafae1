namespace Prunella.Traces.CriticalPath;

/// <summary>
/// Drag of spans on a critical path: by how much a span could shrink before the sibling that ended next before it is
/// the one waited for; its whole duration when there is none. CRISP's definition (inclusive).
/// </summary>
internal static class Drag
{
    public static SortedDictionary<int, long> Of(WaitTree wait, List<int> path)
    {
        var drag = new SortedDictionary<int, long>();
        var onPath = path.ToHashSet();
        var order = new CrispPath.ByEnd(wait);
        foreach (var span in path)
        {
            if (span == wait.Root)
                drag[span] = wait.Duration[span];
            var children = wait.Children(span).ToArray();
            Array.Sort(children, order);
            for (var index = 0; index < children.Length; index++)
            {
                var child = children[index];
                if (!onPath.Contains(child))
                    continue;
                var room = index == children.Length - 1 ? wait.Duration[child] : wait.End[child] - wait.End[children[index + 1]];
                drag[child] = Math.Max(0, Math.Min(wait.Duration[child], room));
            }
        }

        return drag;
    }
}
