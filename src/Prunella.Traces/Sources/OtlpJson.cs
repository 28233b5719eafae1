using System.Buffers.Text;
using System.Text.Json;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>OTLP in JSON: ids in hex (base64 too), 64-bit numbers as text or number, enums as name or number, unknown fields skipped.</summary>
internal sealed class OtlpJson(TraceReadOptions options)
{
    /// <summary>The trace of the span being read, for error messages.</summary>
    public string? TraceId => _table is null || _trace == 0 || _table.Values.Generation != _generation ? null : _table.Values.Text(_trace);

    private SpanTable? _table;
    private int _trace;
    private int _generation;

    /// <summary>Reads one root value: an object or array that has resource spans somewhere inside its wrappers.</summary>
    /// <param name="tokens">At the first token of the value.</param>
    /// <param name="table">Receives the spans of any number of traces.</param>
    /// <param name="full">Called between resource spans, so that the caller can hand traces on.</param>
    public void ReadRoot(ref JsonTokens tokens, SpanTable table, Action full)
    {
        var writer = new SpanWriter(table, options);
        Walk(ref tokens, writer, full);
    }

    private void Walk(ref JsonTokens tokens, SpanWriter writer, Action full)
    {
        var depth = tokens.Depth;
        if (tokens.Type is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        // Wrappers (arrays, {"result":…}, {"trace":…}, {"data":…}) are walked through; anything else inside them is skipped.
        while (true)
        {
            tokens.Next();
            if (tokens.Type is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                if (tokens.Depth == depth)
                    return;
                continue;
            }

            if (tokens.Type != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = tokens.Bytes();
            if (name.SequenceEqual("resourceSpans"u8) || name.SequenceEqual("resource_spans"u8) || name.SequenceEqual("batches"u8))
                ReadResourceSpansArray(ref tokens, writer, full);
            else if (name.SequenceEqual("result"u8) || name.SequenceEqual("trace"u8) || name.SequenceEqual("data"u8) || name.SequenceEqual("traces"u8))
                tokens.Next();
            else
                tokens.Skip();
        }
    }

    private void ReadResourceSpansArray(ref JsonTokens tokens, SpanWriter writer, Action full)
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
                ReadResourceSpans(ref tokens, writer);
            else
                tokens.Skip();
            full();
        }
    }

    private void ReadResourceSpans(ref JsonTokens tokens, SpanWriter writer)
    {
        var process = writer.Table.Processes.Count;
        writer.BeginProcess();
        writer.Table.Processes.Add(writer.EndProcess(0));
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                return;
            var name = tokens.Bytes();
            if (name.SequenceEqual("resource"u8))
            {
                writer.BeginProcess();
                ReadAttributesOf(ref tokens, writer);
                writer.Table.Processes[process] = writer.EndProcess(0);
            }
            else if (name.SequenceEqual("scopeSpans"u8) || name.SequenceEqual("scope_spans"u8) ||
                     name.SequenceEqual("instrumentationLibrarySpans"u8))
                ReadScopes(ref tokens, writer, process);
            else
                tokens.Skip();
        }
    }

    private static void ReadAttributesOf(ref JsonTokens tokens, SpanWriter writer)
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
            if (tokens.Bytes().SequenceEqual("attributes"u8))
                ReadAttributes(ref tokens, writer, false);
            else
                tokens.Skip();
        }
    }

    private void ReadScopes(ref JsonTokens tokens, SpanWriter writer, int process)
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
                if (tokens.Bytes().SequenceEqual("spans"u8))
                    ReadSpans(ref tokens, writer, process);
                else
                    tokens.Skip();
            }
        }
    }

    private void ReadSpans(ref JsonTokens tokens, SpanWriter writer, int process)
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
                ReadSpan(ref tokens, writer, process);
            else
                tokens.Skip();
        }
    }

    private void ReadSpan(ref JsonTokens tokens, SpanWriter writer, int process)
    {
        writer.Begin();
        writer.Row.Process = process;
        ulong start = 0, end = 0;
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                break;
            var name = tokens.Bytes();
            if (Is(name, "attributes"u8, "attributes"u8))
            {
                ReadAttributes(ref tokens, writer, false);
                continue;
            }

            if (Is(name, "events"u8, "events"u8))
            {
                ReadEvents(ref tokens, writer);
                continue;
            }

            if (Is(name, "links"u8, "links"u8))
            {
                ReadLinks(ref tokens, writer);
                continue;
            }

            if (Is(name, "status"u8, "status"u8))
            {
                ReadStatus(ref tokens, writer);
                continue;
            }

            var field = Is(name, "traceId"u8, "trace_id"u8) ? 1
                : Is(name, "spanId"u8, "span_id"u8) ? 2
                : Is(name, "parentSpanId"u8, "parent_span_id"u8) ? 3
                : Is(name, "name"u8, "name"u8) ? 4
                : Is(name, "kind"u8, "kind"u8) ? 5
                : Is(name, "startTimeUnixNano"u8, "start_time_unix_nano"u8) ? 6
                : Is(name, "endTimeUnixNano"u8, "end_time_unix_nano"u8) ? 7 : 0;
            tokens.Next();
            if (field is > 0 and < 5 && tokens.Type == JsonTokenType.String)
                Text(ref tokens, writer, field);
            else if (field == 5)
                writer.Row.Kind = Kind(ref tokens);
            else if (field == 6)
                start = Nanoseconds(ref tokens);
            else if (field == 7)
                end = Nanoseconds(ref tokens);
            tokens.Skip();
        }

        OtlpTime.Set(ref writer.Row, start, end);
        if (writer.Row.SpanId == 0 || writer.Row.TraceId == 0)
            writer.Undo();
        else
            writer.End();
    }

    private void Text(ref JsonTokens tokens, SpanWriter writer, int field)
    {
        var text = tokens.Bytes();
        switch (field)
        {
            case 1:
                writer.Row.TraceId = Id(writer, text, 16);
                (_table, _trace, _generation) = (writer.Table, writer.Row.TraceId, writer.Table.Values.Generation);
                break;
            case 2:
                writer.Row.SpanId = Id(writer, text, 8);
                break;
            case 3:
                writer.Row.ParentId = Id(writer, text, 8);
                break;
            default:
                writer.Row.Operation = writer.Name(text);
                break;
        }
    }

    // OTLP says hex; protobuf's own JSON mapping says base64, and some exporters follow it.
    private static int Id(SpanWriter writer, ReadOnlySpan<byte> text, int bytes)
    {
        if (text.Length == (bytes + 2) / 3 * 4 && text[^1] == '=')
        {
            Span<byte> raw = stackalloc byte[24];
            if (Base64.DecodeFromUtf8(text, raw, out _, out var written) == System.Buffers.OperationStatus.Done && written == bytes)
                return OtlpTime.Id(writer, raw[..written]);
        }

        // An id of zeros is no id.
        return text.IndexOfAnyExcept((byte)'0') < 0 ? 0 : writer.Id(text);
    }

    private static SpanKind Kind(ref JsonTokens tokens)
    {
        if (tokens.Type == JsonTokenType.String && tokens.Bytes().StartsWith("SPAN_KIND_"u8))
            return SpanWriter.Kind(tokens.Bytes()["SPAN_KIND_"u8.Length..]);
        return tokens.TryLong(out var kind) && kind is >= 0 and <= 5 ? (SpanKind)kind : SpanKind.Unspecified;
    }

    private static ulong Nanoseconds(ref JsonTokens tokens)
    {
        if (tokens.TryLong(out var value))
            return value < 0 ? 0 : (ulong)value;
        return tokens.Type == JsonTokenType.String && Utf8Parser.TryParse(tokens.Bytes(), out ulong large, out _) ? large : 0;
    }

    private static void ReadStatus(ref JsonTokens tokens, SpanWriter writer)
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
            var code = tokens.Bytes().SequenceEqual("code"u8);
            tokens.Next();
            if (code && ((tokens.TryLong(out var number) && number == 2) ||
                         (tokens.Type == JsonTokenType.String && tokens.Bytes().SequenceEqual("STATUS_CODE_ERROR"u8))))
                writer.Failed();
            tokens.Skip();
        }
    }

    private static void ReadEvents(ref JsonTokens tokens, SpanWriter writer)
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
                var name = tokens.Bytes();
                if (name.SequenceEqual("attributes"u8))
                {
                    ReadAttributes(ref tokens, writer, true);
                    continue;
                }

                var isName = name.SequenceEqual("name"u8);
                tokens.Next();
                if (isName && tokens.Type == JsonTokenType.String)
                    writer.LogField("event"u8, tokens.Bytes(), true);
                tokens.Skip();
            }
        }
    }

    private static void ReadLinks(ref JsonTokens tokens, SpanWriter writer)
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

            var (trace, span) = (0, 0);
            while (true)
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.EndObject)
                    break;
                var name = tokens.Bytes();
                var field = Is(name, "traceId"u8, "trace_id"u8) ? 1 : Is(name, "spanId"u8, "span_id"u8) ? 2 : 0;
                tokens.Next();
                if (field == 1 && tokens.Type == JsonTokenType.String)
                    trace = Id(writer, tokens.Bytes(), 16);
                else if (field == 2 && tokens.Type == JsonTokenType.String)
                    span = Id(writer, tokens.Bytes(), 8);
                tokens.Skip();
            }

            if (span != 0)
                writer.Table.Links.Add(new SpanLink(writer.RowIndex, trace, span));
        }
    }

    private static void ReadAttributes(ref JsonTokens tokens, SpanWriter writer, bool log)
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

            var key = -1;
            byte[]? early = null;
            var earlyText = false;
            while (true)
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.EndObject)
                    break;
                var name = tokens.Bytes();
                var field = name.SequenceEqual("key"u8) ? 1 : name.SequenceEqual("value"u8) ? 2 : 0;
                tokens.Next();
                if (field == 1 && tokens.Type == JsonTokenType.String)
                    key = writer.Name(tokens.Bytes());
                else if (field == 2 && tokens.Type == JsonTokenType.StartObject)
                    ReadValue(ref tokens, writer, key, log, ref early, ref earlyText);
                else
                    tokens.Skip();
            }

            if (early is not null && key >= 0)
                Put(writer, key, early, earlyText, log);
        }
    }

    private static void ReadValue(ref JsonTokens tokens, SpanWriter writer, int key, bool log, ref byte[]? early, ref bool earlyText)
    {
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                return;
            var isText = Is(tokens.Bytes(), "stringValue"u8, "string_value"u8);
            tokens.Next();
            // Arrays and maps are kept as nothing: no rule here reads them.
            if (tokens.Type is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
            {
                tokens.Skip();
                continue;
            }

            if (key >= 0)
                Put(writer, key, tokens.Bytes(), isText, log);
            else
                (early, earlyText) = (tokens.Bytes().ToArray(), isText);
        }
    }

    private static void Put(SpanWriter writer, int key, ReadOnlySpan<byte> value, bool isText, bool log)
    {
        if (log)
            writer.LogField(writer.Table.Names.Utf8(key), value, isText);
        else
            writer.Attribute(key, value, isText);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> camel, ReadOnlySpan<byte> snake) =>
        name.SequenceEqual(camel) || name.SequenceEqual(snake);
}
