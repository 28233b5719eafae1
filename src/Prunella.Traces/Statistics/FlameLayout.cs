namespace Prunella.Traces.Statistics;

/// <summary>One box of a flame graph.</summary>
/// <param name="Node">The call path's number, to lay out again from it.</param>
/// <param name="Service">The service of its last operation.</param>
/// <param name="Operation">Its last operation.</param>
/// <param name="Depth">1 for a root.</param>
/// <param name="Left">Where it begins, 0 to 1 of the whole width.</param>
/// <param name="Width">How wide it is, 0 to 1 of the whole width.</param>
/// <param name="Us">Microseconds of it and of what is below it.</param>
public sealed record FlameBox(int Node, string Service, string Operation, int Depth, double Left, double Width, long Us);

/// <summary>Places the boxes of a flame graph; each kind of picture draws them its own way.</summary>
/// <param name="Boxes">Callers before those they call.</param>
/// <param name="TotalUs">Microseconds of the whole width.</param>
/// <param name="Depth">Rows.</param>
/// <param name="LeftOut">Boxes too narrow to be drawn.</param>
public sealed record FlameLayout(IReadOnlyList<FlameBox> Boxes, long TotalUs, int Depth, int LeftOut)
{
    /// <summary>The number above all roots.</summary>
    public const int Top = 0;

    /// <summary>Lays out the call paths below one of them.</summary>
    /// <param name="paths">The call paths.</param>
    /// <param name="value">What widths show.</param>
    /// <param name="root">The path to fill the width with; its callers lie above it over the whole width. An unknown one counts as <see cref="Top"/>.</param>
    /// <param name="widthMin">The narrowest box, 0 to 1.</param>
    public static FlameLayout Of(CallPathTable paths, FlameValue value, int root = Top, double widthMin = 0)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (root < 0 || root >= paths.Nodes.Count)
            root = Top;
        var total = new long[paths.Nodes.Count];
        for (var node = total.Length - 1; node > 0; node--)
        {
            total[node] += Math.Max(0, Value(paths[node], value));
            total[paths[node].Parent] += total[node];
        }

        var callers = new HashSet<int>();
        for (var node = root; node > Top; node = paths[node].Parent)
            callers.Add(node);
        var (left, width, used, below) = (new double[total.Length], new double[total.Length], new double[total.Length], new bool[total.Length]);
        (width[Top], below[Top]) = (1, root == Top);
        var boxes = new List<FlameBox>();
        var (depth, leftOut) = (1, 0);
        foreach (var node in paths.Sorted())
        {
            var entry = paths[node];
            if (callers.Contains(node))
            {
                (width[node], below[node]) = (1, node == root);
            }
            else if (below[entry.Parent] && total[entry.Parent] > 0)
            {
                below[node] = true;
                left[node] = left[entry.Parent] + used[entry.Parent];
                width[node] = width[entry.Parent] * total[node] / total[entry.Parent];
                used[entry.Parent] += width[node];
            }
            else
            {
                continue;
            }

            if (width[node] <= 0 || width[node] < widthMin)
            {
                leftOut++;
                continue;
            }

            depth = Math.Max(depth, entry.Depth);
            boxes.Add(new FlameBox(node, entry.Service, entry.Operation, entry.Depth, left[node], width[node], total[node]));
        }

        return new FlameLayout(boxes, total[root], depth, leftOut);
    }

    /// <summary>A colour for a service: the same in every graph, light enough for dark text.</summary>
    public static string Colour(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var hash = 2_166_136_261u;
        foreach (var letter in service)
            hash = (hash ^ letter) * 16_777_619;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"hsl({hash % 360},62%,{68 + hash / 360 % 12}%)");
    }

    internal static long Value(CallPathStatistics entry, FlameValue value) => value == FlameValue.Critical ? entry.CriticalUs : entry.Self.SumUs;
}
