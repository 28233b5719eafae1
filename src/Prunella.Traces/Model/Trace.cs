namespace Prunella.Traces.Model;

/// <summary>Spans of one trace as read: raw times, raw parents, nothing repaired. Immutable after reading.</summary>
public sealed class Trace
{
    internal Trace(SpanTable table, int start, int count, string traceId, string source)
    {
        Table = table;
        First = start;
        Count = count;
        TraceId = traceId;
        Source = source;
    }

    /// <summary>The trace id as lower-case hex where it is hex; 16 leading zeros of a 128-bit id are dropped.</summary>
    public string TraceId { get; }

    /// <summary>Where it came from: a file name or an URL.</summary>
    public string Source { get; }

    /// <summary>Spans.</summary>
    public int Count { get; }

    /// <summary>What the reader had to say about this trace, in reading order.</summary>
    public IReadOnlyList<string> Warnings => WarningList ?? (IReadOnlyList<string>)[];

    internal SpanTable Table { get; }

    internal int First { get; }

    internal List<string>? WarningList { get; set; }

    internal ref SpanRow Row(int span) => ref Table[First + span];

    internal ReadOnlySpan<SpanAttribute> Attributes(int span) => Table.Attributes(Row(span));

    internal int ServiceId(int span)
    {
        var process = Row(span).Process;
        return process < 0 ? Keys.UnknownService : Table.Processes[process].Service;
    }

    internal string Service(int span) => Table.Names.Text(ServiceId(span));

    internal string Operation(int span) => Table.Names.Text(Row(span).Operation);

    internal string SpanIdText(int span) => Table.Values.Text(Row(span).SpanId);

    /// <summary>The value of an attribute of a span, or null.</summary>
    /// <param name="span">Index from 0 to <see cref="Count"/> − 1.</param>
    /// <param name="key">The attribute's key, as in the source.</param>
    public string? Attribute(int span, string key)
    {
        foreach (var attribute in Attributes(span))
        {
            if (Table.Names.Text(attribute.Key) == key)
                return Table.Values.Text(attribute.Value);
        }

        return null;
    }

    internal void Warn(string warning)
    {
        // 100 warnings say what is wrong with a trace; a million would be the trace again.
        WarningList ??= [];
        if (WarningList.Count < 100)
            WarningList.Add(warning);
    }
}
