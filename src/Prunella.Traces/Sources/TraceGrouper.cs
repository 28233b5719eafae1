using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// Turns rows of many traces, in any order, into traces: each trace's rows together, traces by first appearance,
/// rows of a trace in input order.
/// </summary>
internal static class TraceGrouper
{
    /// <summary>Groups every row of the batch's table.</summary>
    public static void Group(TraceBatch batch, string source)
    {
        var table = batch.Table;
        var group = new Dictionary<int, int>();
        var counts = new List<int>();
        var groupOf = new int[table.Count];
        for (var row = 0; row < table.Count; row++)
        {
            var trace = table[row].TraceId;
            if (!group.TryGetValue(trace, out var index))
            {
                index = counts.Count;
                group.Add(trace, index);
                counts.Add(0);
            }

            groupOf[row] = index;
            counts[index]++;
        }

        var next = new int[counts.Count];
        for (var index = 1; index < next.Length; index++)
            next[index] = next[index - 1] + counts[index - 1];
        var order = new int[table.Count];
        var sorted = true;
        for (var row = 0; row < table.Count; row++)
        {
            var place = next[groupOf[row]]++;
            sorted &= place == row;
            order[place] = row;
        }

        if (!sorted)
            table.Reorder(order);
        var start = 0;
        foreach (var count in counts)
        {
            batch.TraceList.Add(new Trace(table, start, count, table.Values.Text(table[start].TraceId), source));
            start += count;
        }
    }

    /// <summary>
    /// Splits a full table: traces none of whose rows is among the last <paramref name="recent"/> rows stay,
    /// the rows of the others move to a new table and go on waiting.
    /// </summary>
    /// <returns>The rows still waiting, in their order; null when no trace can be taken as complete.</returns>
    public static SpanTable? Split(SpanTable table, int recent, SpanTable waiting)
    {
        var last = new Dictionary<int, int>();
        for (var row = 0; row < table.Count; row++)
            last[table[row].TraceId] = row;
        var from = table.Count - recent;
        if (last.Values.All(row => row >= from))
            return null;
        var processes = new Dictionary<int, int>();
        var moved = new Dictionary<int, int>();
        var keep = new List<int>();
        for (var row = 0; row < table.Count; row++)
        {
            if (last[table[row].TraceId] >= from)
                moved.Add(row, waiting.Copy(table, row, processes));
            else
                keep.Add(row);
        }

        foreach (var link in table.Links)
        {
            if (moved.TryGetValue(link.Row, out var to))
                waiting.Links.Add(new SpanLink(to, waiting.Move(table, link.TraceId), waiting.Move(table, link.SpanId)));
        }

        table.Links.RemoveAll(link => moved.ContainsKey(link.Row));
        table.Keep(keep);
        return waiting;
    }
}
