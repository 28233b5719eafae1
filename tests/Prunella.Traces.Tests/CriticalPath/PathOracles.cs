using Prunella.Traces.Scenarios;

namespace Prunella.Traces.CriticalPath;

/// <summary>Plain, recursive, quadratic versions of the published rules: what the fast ones are held against.</summary>
internal static class PathOracles
{
    internal sealed class Node
    {
        public required SpanSpec Spec;
        public required int Index;
        public long Start;
        public long End;
        public long Duration;
        public Node? Parent;
        public List<Node> Children = [];
    }

    public static Node Tree(List<SpanSpec> spans)
    {
        var nodes = spans.Select((spec, index) => new Node { Spec = spec, Index = index, Start = spec.StartUs, End = spec.EndUs, Duration = spec.DurationUs }).ToList();
        foreach (var node in nodes.Where(node => node.Spec.ParentId is not null))
        {
            node.Parent = nodes.Single(other => other.Spec.SpanId == node.Spec.ParentId);
            node.Parent.Children.Add(node);
        }

        return nodes[0];
    }

    public static List<(string Span, long Start, long End)> Jaeger(Node root, bool touching)
    {
        Clip(root);
        var sections = new List<(string, long, long)>();
        Visit(root, null);
        sections.Reverse();
        return sections;

        void Visit(Node node, long? returning)
        {
            var last = node.Children.Where(child => returning is null || (touching ? child.End <= returning && child.Start < child.End : child.End < returning))
                .OrderByDescending(child => child.End).ThenBy(child => child.Spec.StartUs).ThenBy(child => child.Index).FirstOrDefault();
            var to = returning ?? node.End;
            var from = last?.End ?? node.Start;
            if (from != to)
                sections.Add((node.Spec.SpanId, from, to));
            if (last is not null)
            {
                Visit(last, null);
                // The reference climbs by recursion: the child's end of path is the parent's return.
                Visit(node, last.Start);
            }
        }
    }

    private static void Clip(Node parent)
    {
        parent.Children.RemoveAll(child => child.Start >= parent.Start ? child.Start >= parent.End : child.End <= parent.Start);
        foreach (var child in parent.Children)
        {
            child.Start = Math.Max(child.Start, parent.Start);
            child.End = Math.Min(child.End, parent.End);
            child.Duration = child.End - child.Start;
            Clip(child);
        }
    }

    public static List<Node> Crisp(Node root)
    {
        Sanitize(root);
        var path = new List<Node>();
        Visit(root);
        return path;

        void Visit(Node node)
        {
            path.Add(node);
            var sorted = node.Children.OrderBy(child => child.End).Reverse().ToList();
            Node? last = null;
            foreach (var child in sorted)
            {
                if (last is not null && !Before(node, sorted, child, last))
                    continue;
                Visit(child);
                last = child;
            }
        }
    }

    public static Dictionary<string, long> CrispExclusive(List<Node> path)
    {
        var byCallPath = new Dictionary<string, long>();
        foreach (var node in path)
        {
            Add(CallPath(node), node.Duration);
            if (node != path[0])
                Add(CallPath(node.Parent!), -node.Duration);
        }

        return byCallPath.GroupBy(pair => pair.Key.Split("->")[^1]).ToDictionary(group => group.Key, group => group.Sum(pair => Math.Max(0, pair.Value)));

        void Add(string key, long us) => byCallPath[key] = byCallPath.GetValueOrDefault(key) + us;
        string CallPath(Node node) => (node == path[0] ? string.Empty : CallPath(node.Parent!) + "->") + $"[{node.Spec.Service}] {node.Spec.Operation}";
    }

    public static (long Work, long SavedWork) Work(Node node)
    {
        var (work, saved) = (node.Duration, node.Spec.Error ? node.Duration : 0);
        foreach (var child in node.Children)
        {
            var (w, s) = Work(child);
            (work, saved) = (work + w, saved + s);
        }

        return (work, saved);
    }

    // CRISP's "all series" saving with its pairwise predecessor sets.
    public static long Saved(Node node)
    {
        if (node.Spec.Error)
            return node.Duration;
        if (node.Children.Count == 0)
            return 0;
        var open = node.Children.OrderByDescending(child => child.End).ThenBy(child => child.Start).ThenBy(child => child.Spec.SpanId, StringComparer.Ordinal).ToList();
        long saved = 0;
        while (open.Count > 0)
        {
            var block = new List<Node> { open[0] };
            var first = open[0];
            var next = 1;
            for (; next < open.Count && !Before(node, node.Children, open[next], first); next++)
            {
                block.Add(open[next]);
                if (open[next].Start < first.Start)
                    first = open[next];
            }

            var overlap = Overlaps.GetValueOrDefault(open[0]);
            saved += Block(node, block, first.Start, overlap);
            if (next < open.Count)
                Overlaps[open[next]] = Math.Max(0, open[next].End - first.Start);
            open.RemoveRange(0, next);
        }

        Overlaps.Clear();
        return Math.Min(saved, node.Duration);
    }

    [ThreadStatic] private static Dictionary<Node, long>? _overlaps;

    private static Dictionary<Node, long> Overlaps => _overlaps ??= [];

    private static long Block(Node parent, List<Node> block, long blockStart, long overlap)
    {
        var kept = new Dictionary<Node, long>(Overlaps);
        Overlaps.Clear();
        var sorted = block.OrderBy(node => node.End).ThenBy(node => node.Index).Reverse().ToList();
        var before = new Dictionary<Node, List<Node>> { [sorted[0]] = [] };
        var working = new List<Node> { sorted[0] };
        foreach (var node in sorted.Skip(1))
        {
            foreach (var later in working.ToList())
            {
                if (node.End > later.Start)
                    continue;
                var inSeries = before[later].Count(other => node.End <= other.Start);
                if (before[later].Count == 0 || inSeries == 0)
                    before[later].Add(node);
                else if (inSeries == before[later].Count)
                    working.Remove(later);
            }

            working.Add(node);
            before[node] = [];
        }

        var total = new Dictionary<Node, long>();
        var longest = long.MinValue;
        foreach (var candidate in sorted.TakeWhile((node, index) => index == 0 || !Before(parent, sorted, node, sorted[0])))
            longest = Math.Max(longest, candidate.End - Total(candidate));
        var saved = Math.Max(0, sorted[0].End - longest - overlap);
        foreach (var (node, value) in kept)
            Overlaps[node] = value;
        return saved;

        long Total(Node node)
        {
            if (total.TryGetValue(node, out var known))
                return known;
            var gap = node.Start - blockStart;
            var latest = blockStart;
            foreach (var earlier in before[node])
            {
                gap = Math.Max(0, Math.Min(gap, node.Start - earlier.End));
                latest = Math.Max(latest, earlier.End - Total(earlier));
            }

            return total[node] = node.End - (latest + gap + node.Duration - Saved(node));
        }
    }

    private static void Sanitize(Node node)
    {
        var gone = new List<Node>();
        foreach (var child in node.Children)
        {
            if (IsCall(node, child))
            {
                child.Duration = Math.Min(child.Duration, node.Duration);
            }
            else if (child.Start >= node.Start && child.End <= node.End)
            {
            }
            else if (child.Start < node.Start && child.End <= node.End && child.End > node.Start)
            {
                child.Duration -= node.Start - child.Start;
                child.Start = node.Start;
            }
            else if (child.Start >= node.Start && child.End > node.End && child.Start < node.End)
            {
                child.Duration -= child.End - node.End;
                child.End = node.End;
            }
            else
            {
                gone.Add(child);
                continue;
            }

            Sanitize(child);
        }

        gone.ForEach(child => node.Children.Remove(child));
    }

    private static bool IsCall(Node parent, Node child)
    {
        if (parent.Children.Count != 1 || child.Duration > 1.01 * parent.Duration)
            return false;
        if (child.Spec.Kind == "server" && (parent.Spec.Kind == "client" || (parent.Spec.Kind != "server" && parent.Parent?.Spec.Kind == "server")))
            return true;
        return parent.Spec.Host is not null && child.Spec.Host is not null && parent.Spec.Host != child.Spec.Host;
    }

    private static bool Before(Node parent, List<Node> siblings, Node before, Node later)
    {
        if (before.End < later.Start)
            return true;
        if (before.End >= later.End || before.Start >= later.Start || parent.Duration == 0)
            return false;
        return (double)(before.End - later.Start) / parent.Duration < 0.01 &&
            siblings.Sum(sibling => (Inside(sibling.Start) ? 1 : 0) + (Inside(sibling.End) ? 1 : 0)) == 2;

        bool Inside(long time) => time >= later.Start && time <= before.End;
    }
}
