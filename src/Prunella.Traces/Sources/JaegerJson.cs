using System.Text.Json;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>Jaeger's query JSON (v1): one call reads one trace object into the table.</summary>
/// <remarks>A field of the wrong type costs a warning on its trace; broken JSON is an error.</remarks>
internal sealed class JaegerJson(TraceReadOptions options, string source)
{
    private readonly Dictionary<int, int> _processes = [];

    /// <summary>The trace being read, for error messages.</summary>
    public string? TraceId { get; private set; }

    /// <summary>
    /// Reads the trace object whose first name (or end) is the current token, or a span that stands alone, which
    /// goes to the loose table. Null when the object holds no spans or was such a span.
    /// </summary>
    public Trace? ReadTrace(ref JsonTokens tokens, SpanTable table, SpanTable? loose)
    {
        var writer = new SpanWriter(table, options);
        var first = table.Count;
        var firstProcess = table.Processes.Count;
        TraceId = null;
        List<string>? warnings = null;
        var traceId = 0;
        _processes.Clear();
        for (; tokens.Type != JsonTokenType.EndObject; tokens.Next())
        {
            var name = tokens.Bytes();
            if (loose is not null && table.Count == first && (name.SequenceEqual("spanID"u8) || name.SequenceEqual("operationName"u8)))
            {
                ReadLoneSpan(ref tokens, loose);
                return null;
            }

            if (name.SequenceEqual("traceID"u8))
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.String)
                    TraceId = table.Values.Text(traceId = writer.Id(tokens.Bytes()));
                tokens.Skip();
            }
            else if (name.SequenceEqual("spans"u8))
            {
                ReadSpans(ref tokens, writer, first, ref warnings);
            }
            else if (name.SequenceEqual("processes"u8))
            {
                ReadProcesses(ref tokens, writer);
            }
            else
            {
                tokens.Skip();
            }
        }

        var count = table.Count - first;
        if (count == 0)
        {
            table.Processes.RemoveRange(firstProcess, table.Processes.Count - firstProcess);
            return null;
        }

        if (traceId == 0)
            traceId = table[first].TraceId;
        var trace = new Trace(table, first, count, table.Values.Text(traceId), source) { WarningList = warnings };
        Resolve(trace, traceId);
        return trace;
    }

    // A span that stands alone (an export of one span a line); its trace id may have been read already.
    private void ReadLoneSpan(ref JsonTokens tokens, SpanTable table)
    {
        var writer = new SpanWriter(table, options);
        if (ReadSpan(ref tokens, writer, true))
        {
            if (writer.Row.TraceId == 0 && TraceId is not null)
                writer.Row.TraceId = table.Values.Intern(TraceId);
            ref var row = ref writer.Row;
            row.Process = row.Process >= InlineProcess ? row.Process - InlineProcess : -1;
            if (row.Process < 0)
                row.Marks |= SpanMarks.NoProcess;
        }
    }

    private void Resolve(Trace trace, int traceId)
    {
        var missing = 0;
        for (var span = 0; span < trace.Count; span++)
        {
            ref var row = ref trace.Row(span);
            row.TraceId = traceId;
            // Until here Process held the id of the process' key + 1; -1 means none was named.
            if (row.Process >= InlineProcess)
                row.Process -= InlineProcess;
            else if (row.Process < 0 || !_processes.TryGetValue(row.Process, out row.Process))
            {
                row.Process = -1;
                row.Marks |= SpanMarks.NoProcess;
                missing++;
            }
        }

        if (missing > 0)
            trace.Warn(FormattableString.Invariant($"{missing} spans name a process the trace does not describe; their service is {trace.Table.Names.Text(Keys.UnknownService)}."));
    }

    // Process keys are pool ids (far below this); a process written inside its span is already an index.
    private const int InlineProcess = 1 << 30;

    private void ReadSpans(ref JsonTokens tokens, SpanWriter writer, int first, ref List<string>? warnings)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartArray)
        {
            tokens.Skip();
            return;
        }

        var dropped = 0;
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndArray)
                break;
            if (tokens.Type != JsonTokenType.StartObject || writer.Table.Count - first >= options.TraceSpansMax)
            {
                tokens.Skip();
                dropped++;
                continue;
            }

            if (!ReadSpan(ref tokens, writer, false))
                dropped++;
        }

        if (dropped > 0)
            (warnings ??= []).Add(FormattableString.Invariant($"{dropped} spans left out: without an id, not objects, or over the limit of {options.TraceSpansMax} spans a trace."));
    }

    private bool ReadSpan(ref JsonTokens tokens, SpanWriter writer, bool atName)
    {
        writer.Begin();
        var parent = 0;
        var follows = 0;
        writer.Row.Marks = SpanMarks.BadStart | SpanMarks.BadDuration;
        while (true)
        {
            if (!atName)
                tokens.Next();
            atName = false;
            if (tokens.Type == JsonTokenType.EndObject)
                break;
            var name = tokens.Bytes();
            switch (name.Length)
            {
                case 4 when name.SequenceEqual("tags"u8):
                    ReadTags(ref tokens, writer, false);
                    continue;
                case 4 when name.SequenceEqual("logs"u8):
                    ReadLogs(ref tokens, writer);
                    continue;
                case 6 when name.SequenceEqual("spanID"u8):
                    tokens.Next();
                    if (tokens.Type is JsonTokenType.String or JsonTokenType.Number)
                        writer.Row.SpanId = writer.Id(tokens.Bytes());
                    break;
                case 7 when name.SequenceEqual("traceID"u8):
                    tokens.Next();
                    if (tokens.Type == JsonTokenType.String)
                        writer.Row.TraceId = writer.Id(tokens.Bytes());
                    break;
                case 7 when name.SequenceEqual("process"u8):
                    tokens.Next();
                    if (tokens.Type == JsonTokenType.StartObject)
                    {
                        var process = ReadProcess(ref tokens, writer);
                        writer.Row.Process = InlineProcess + process;
                        _processes[InlineProcess + process] = process;
                        continue;
                    }

                    break;
                case 8 when name.SequenceEqual("duration"u8):
                    tokens.Next();
                    if (tokens.TryLong(out var duration) && duration <= TimeLimitUs)
                    {
                        writer.Row.DurationUs = Math.Max(0, duration);
                        if (duration >= 0)
                            writer.Row.Marks &= ~SpanMarks.BadDuration;
                    }

                    break;
                case 9 when name.SequenceEqual("startTime"u8):
                    tokens.Next();
                    if (tokens.TryLong(out var start) && start is >= 0 and <= TimeLimitUs)
                    {
                        writer.Row.StartUs = start;
                        writer.Row.Marks &= ~SpanMarks.BadStart;
                    }

                    break;
                case 9 when name.SequenceEqual("processID"u8):
                    tokens.Next();
                    if (tokens.Type == JsonTokenType.String)
                        writer.Row.Process = writer.Value(tokens.Bytes());
                    break;
                case 10 when name.SequenceEqual("references"u8):
                    ReadReferences(ref tokens, writer, ref parent, ref follows);
                    continue;
                case 12 when name.SequenceEqual("parentSpanID"u8):
                    tokens.Next();
                    if (tokens.Type == JsonTokenType.String && parent == 0 && !tokens.Bytes().SequenceEqual("0"u8))
                        parent = writer.Id(tokens.Bytes());
                    break;
                case 13 when name.SequenceEqual("operationName"u8):
                    tokens.Next();
                    if (tokens.Type == JsonTokenType.String)
                        writer.Row.Operation = writer.Name(tokens.Bytes());
                    break;
            }

            tokens.Skip();
        }

        if (writer.Row.SpanId == 0)
        {
            writer.Undo();
            return false;
        }

        writer.Row.ParentId = parent != 0 ? parent : follows;
        if (parent == 0 && follows != 0)
            writer.Row.Marks |= SpanMarks.FollowsFrom;
        writer.End();
        return true;
    }

    /// <summary>Year 9999 in microseconds: later times are mistakes and would overflow sums.</summary>
    internal const long TimeLimitUs = 253_402_300_800_000_000;

    private static void ReadReferences(ref JsonTokens tokens, SpanWriter writer, ref int parent, ref int follows)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartArray)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndArray)
                return;
            if (tokens.Type != JsonTokenType.StartObject)
            {
                tokens.Skip();
                continue;
            }

            var (child, followed, span, trace) = (false, false, 0, 0);
            while (true)
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.EndObject)
                    break;
                var name = tokens.Bytes();
                var part = name.Length == 6 && name.SequenceEqual("spanID"u8) ? 1
                    : name.SequenceEqual("refType"u8) ? 2
                    : name.SequenceEqual("traceID"u8) ? 3 : 0;
                tokens.Next();
                if (part == 0 || tokens.Type != JsonTokenType.String)
                {
                    tokens.Skip();
                    continue;
                }

                var text = tokens.Bytes();
                switch (part)
                {
                    case 1:
                        span = writer.Id(text);
                        break;
                    case 2:
                        child = text.SequenceEqual("CHILD_OF"u8);
                        followed = text.SequenceEqual("FOLLOWS_FROM"u8);
                        break;
                    default:
                        trace = writer.Id(text);
                        break;
                }
            }

            // CRISP takes the last CHILD_OF, Jaeger the first that exists: with several, the last here and the others as links.
            var otherTrace = trace != 0 && writer.Row.TraceId != 0 && trace != writer.Row.TraceId;
            if (child && !otherTrace)
            {
                if (parent != 0)
                    writer.Table.Links.Add(new SpanLink(writer.RowIndex, writer.Row.TraceId, parent));
                parent = span;
            }
            else if (followed && !otherTrace && follows == 0)
                follows = span;
            else if (span != 0)
                writer.Table.Links.Add(new SpanLink(writer.RowIndex, trace, span));
        }
    }

    private void ReadProcesses(ref JsonTokens tokens, SpanWriter writer)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartObject)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                return;
            var key = writer.Value(tokens.Bytes());
            tokens.Next();
            if (tokens.Type == JsonTokenType.StartObject)
                _processes[key] = ReadProcess(ref tokens, writer);
            else
                tokens.Skip();
        }
    }

    private static int ReadProcess(ref JsonTokens tokens, SpanWriter writer)
    {
        writer.BeginProcess();
        var service = 0;
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                break;
            if (tokens.Bytes().SequenceEqual("serviceName"u8))
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.String)
                    service = writer.Name(tokens.Bytes());
                tokens.Skip();
            }
            else if (tokens.Bytes().SequenceEqual("tags"u8))
                ReadTags(ref tokens, writer, false);
            else
                tokens.Skip();
        }

        writer.Table.Processes.Add(writer.EndProcess(service));
        return writer.Table.Processes.Count - 1;
    }

    private static void ReadLogs(ref JsonTokens tokens, SpanWriter writer)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartArray)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndArray)
                return;
            if (tokens.Type != JsonTokenType.StartObject)
            {
                tokens.Skip();
                continue;
            }

            while (true)
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.EndObject)
                    break;
                if (tokens.Bytes().SequenceEqual("fields"u8))
                    ReadTags(ref tokens, writer, true);
                else
                    tokens.Skip();
            }
        }
    }

    private static void ReadTags(ref JsonTokens tokens, SpanWriter writer, bool log)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartArray)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndArray)
                return;
            if (tokens.Type == JsonTokenType.StartObject)
                ReadTag(ref tokens, writer, log);
            else
                tokens.Skip();
        }
    }

    // Jaeger writes key, type, value in this order; the value then needs no copy. Any other order is taken too.
    private static void ReadTag(ref JsonTokens tokens, SpanWriter writer, bool log)
    {
        var key = -1;
        var typedText = false;
        byte[]? early = null;
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                break;
            var name = tokens.Bytes();
            var part = name.Length == 3 && name.SequenceEqual("key"u8) ? 1
                : name.Length == 4 && name.SequenceEqual("type"u8) ? 2
                : name.Length == 5 && name.SequenceEqual("value"u8) ? 3 : 0;
            tokens.Next();
            if (part == 0 || tokens.Type is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
            {
                tokens.Skip();
                continue;
            }

            var text = tokens.Bytes();
            if (part == 1)
                key = writer.Name(text);
            else if (part == 2)
                typedText = text.SequenceEqual("string"u8);
            else if (key >= 0)
            {
                Put(writer, key, text, typedText, log);
                key = -1;
            }
            else
                early = text.ToArray();
        }

        if (early is not null && key >= 0)
            Put(writer, key, early, typedText, log);
    }

    private static void Put(SpanWriter writer, int key, ReadOnlySpan<byte> value, bool typedText, bool log)
    {
        if (log)
            writer.LogField(writer.Table.Names.Utf8(key), value, typedText);
        else
            writer.Attribute(key, value, typedText);
    }
}
