namespace Prunella.Traces.Model;

/// <summary>
/// Jaeger's clock-skew rule: a span on another host than its parent that lies outside it is moved so that it is
/// centred in its parent (network time split evenly), and with it all spans of that host below it. A child longer than
/// its parent is only kept from starting before it. Moves larger than the limit are not made. Either way a warning says so.
/// </summary>
internal static class ClockSkew
{
    public static void Adjust(TraceTree tree, TimeSpan limit)
    {
        var limitUs = limit.Ticks / TimeSpan.TicksPerMicrosecond;
        var delta = new long[tree.Count];
        var (moved, refused) = (0, 0);
        long largest = 0;
        foreach (var span in tree.Order)
        {
            var parent = tree.Parent(span);
            if (parent < 0)
                continue;
            var host = Host(tree.Trace, span);
            // The skew of a host is measured where the trace enters it; an unknown host is taken as another host.
            delta[span] = host != 0 && host == Host(tree.Trace, parent) ? delta[parent] : Measure(tree, span, parent);
            if (delta[span] == 0)
                continue;
            if (Math.Abs(delta[span]) > limitUs)
            {
                refused++;
                largest = Math.Max(largest, Math.Abs(delta[span]));
                continue;
            }

            tree.StartUs[span] += delta[span];
            tree.EndUs[span] += delta[span];
            tree.State[span] |= TraceTree.AdjustedBit;
            moved++;
        }

        if (moved > 0)
            tree.Warn(FormattableString.Invariant($"Clock skew: {moved} spans were moved into their parents; they are marked as adjusted."));
        if (refused > 0)
            tree.Warn(FormattableString.Invariant($"Clock skew: {refused} spans would have to move by up to {largest} µs, over the limit of {limitUs} µs; they were left where they are."));
    }

    private static int Host(Trace trace, int span)
    {
        var process = trace.Row(span).Process;
        return process < 0 ? 0 : trace.Table.Processes[process].Host;
    }

    private static long Measure(TraceTree tree, int child, int parent)
    {
        var (childUs, parentUs) = (tree.Duration(child), tree.Duration(parent));
        if (childUs > parentUs)
            return Math.Max(0, tree.Start(parent) - tree.Start(child));
        if (tree.Start(child) >= tree.Start(parent) && tree.End(child) <= tree.End(parent))
            return 0;
        return tree.Start(parent) + (parentUs - childUs) / 2 - tree.Start(child);
    }
}
