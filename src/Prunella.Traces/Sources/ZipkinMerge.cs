using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// Joins what Zipkin reports in pieces: fragments of one side of a span become one span, and the server half of a
/// span whose id the client half shares becomes the client's child, as in every other format.
/// </summary>
internal static class ZipkinMerge
{
    /// <summary>The trace with its pieces joined; the same object when there was nothing to join.</summary>
    public static Trace Merge(Trace trace)
    {
        var groups = new Dictionary<int, List<int>>();
        var shared = false;
        for (var span = 0; span < trace.Count; span++)
        {
            var id = trace.Row(span).SpanId;
            if (groups.TryGetValue(id, out var group))
            {
                group.Add(span);
                shared = true;
            }
            else
                groups.Add(id, [span]);
        }

        if (!shared)
            return trace;
        var gone = new bool[trace.Count];
        foreach (var group in groups.Values.Where(group => group.Count > 1))
            Join(trace, group, gone);
        var kept = 0;
        for (var span = 0; span < trace.Count; span++)
        {
            if (!gone[span])
                trace.Row(kept++) = trace.Row(span);
        }

        return new Trace(trace.Table, trace.First, kept, trace.TraceId, trace.Source) { WarningList = trace.WarningList };
    }

    private static void Join(Trace trace, List<int> group, bool[] gone)
    {
        var servers = group.Where(span => IsServer(trace.Row(span))).ToList();
        var others = group.Except(servers).ToList();
        var server = Fuse(trace, servers, gone);
        var client = Fuse(trace, others, gone);
        if (server < 0 || client < 0)
            return;
        var values = trace.Table.Values;
        var id = trace.Row(client).SpanId;
        var serverId = values.Intern(values.Text(id) + "_server");
        trace.Row(server).SpanId = serverId;
        trace.Row(server).ParentId = id;
        var service = trace.ServiceId(server);
        if (service == trace.ServiceId(client))
            return;
        // What the server side's service did under the shared id, the server half did.
        for (var span = 0; span < trace.Count; span++)
        {
            ref var row = ref trace.Row(span);
            if (span != server && row.ParentId == id && !gone[span] && trace.ServiceId(span) == service)
                row.ParentId = serverId;
        }
    }

    private static bool IsServer(in SpanRow row) => (row.Marks & SpanMarks.Shared) != 0 || row.Kind == SpanKind.Server;

    // Fragments of one side: the first with the others' missing fields filled in.
    private static int Fuse(Trace trace, List<int> parts, bool[] gone)
    {
        if (parts.Count == 0)
            return -1;
        var into = parts[0];
        foreach (var part in parts.Skip(1))
        {
            ref var to = ref trace.Row(into);
            ref var from = ref trace.Row(part);
            if ((from.Marks & SpanMarks.BadStart) == 0 && ((to.Marks & SpanMarks.BadStart) != 0 || from.StartUs < to.StartUs))
                to.StartUs = from.StartUs;
            to.DurationUs = Math.Max(to.DurationUs, from.DurationUs);
            to.Marks = ((to.Marks | from.Marks) & ~(SpanMarks.BadStart | SpanMarks.BadDuration))
                | (to.Marks & from.Marks & (SpanMarks.BadStart | SpanMarks.BadDuration));
            if (to.Operation == 0)
                to.Operation = from.Operation;
            if (to.Kind == SpanKind.Unspecified)
                to.Kind = from.Kind;
            if (to.ParentId == 0)
                to.ParentId = from.ParentId;
            if (to.Process < 0)
                to.Process = from.Process;
            trace.Table.Append(trace.First + into, trace.First + part);
            gone[part] = true;
        }

        return into;
    }
}
