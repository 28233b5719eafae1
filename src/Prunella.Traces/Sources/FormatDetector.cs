using System.Text.Json;

namespace Prunella.Traces.Sources;

/// <summary>Tells the format of an input from its first bytes. JSON is told by its first telling property name.</summary>
internal static class FormatDetector
{
    /// <param name="head">The first bytes, unpacked, without a byte order mark; 64 KB are enough for the field's exporters.</param>
    /// <param name="complete">Whether the head is the whole input.</param>
    /// <returns>The format, or <see cref="TraceFormat.Detect"/> when it is none of them.</returns>
    public static TraceFormat Detect(ReadOnlySpan<byte> head, bool complete)
    {
        var start = head.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
            return TraceFormat.Detect;
        // 0x0A is the tag of the first ResourceSpans and a line feed; a length of 91 or 123 is also a bracket. JSON is never valid protobuf by chance.
        if (head[0] == 0x0A && IsOtlp(head, complete))
            return TraceFormat.OtlpProtobuf;
        if (head[start] is (byte)'{' or (byte)'[')
            return DetectJson(head[start..]);
        return TraceFormat.Detect;
    }

    private static TraceFormat DetectJson(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(head, false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, AllowTrailingCommas = true, MaxDepth = 1_024 }));
        var fallback = TraceFormat.Detect;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (reader.ValueTextEquals("resourceSpans"u8) || reader.ValueTextEquals("resource_spans"u8) || reader.ValueTextEquals("batches"u8))
                    return TraceFormat.OtlpJson;
                if (reader.ValueTextEquals("traceID"u8) || reader.ValueTextEquals("spanID"u8) || reader.ValueTextEquals("processes"u8) ||
                    reader.ValueTextEquals("operationName"u8) || reader.ValueTextEquals("processID"u8))
                    return TraceFormat.Jaeger;
                if (reader.ValueTextEquals("traceId"u8) || reader.ValueTextEquals("localEndpoint"u8) || reader.ValueTextEquals("parentId"u8))
                    return TraceFormat.Zipkin;
                if (reader.ValueTextEquals("data"u8) && reader.CurrentDepth == 1)
                    fallback = TraceFormat.Jaeger;
                else if (reader.ValueTextEquals("result"u8) && reader.CurrentDepth == 1)
                    fallback = TraceFormat.OtlpJson;
            }
        }
        catch (JsonException)
        {
            // Broken JSON is reported, with its place, by the reader that is chosen.
        }

        if (fallback != TraceFormat.Detect)
            return fallback;
        // "[]" and "{}" are inputs without traces, in any of the formats.
        var rest = head[1..].TrimStart(" \t\r\n"u8);
        return !rest.IsEmpty && rest[0] is (byte)']' or (byte)'}' ? TraceFormat.Zipkin : TraceFormat.Detect;
    }

    private static bool IsOtlp(ReadOnlySpan<byte> head, bool complete)
    {
        ulong length = 0;
        var at = 1;
        for (var shift = 0; at < head.Length && shift < 35; shift += 7)
        {
            var part = head[at++];
            length |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                break;
        }

        if (length <= (ulong)(head.Length - at))
            return length == 0 ? head.Length == at || head[at] == 0x0A : IsMessage(head.Slice(at, (int)length), strict: head[1] is (byte)'{' or (byte)'[');
        // Only its beginning is here. Inside: resource (1), scope spans (2), schema url (3).
        return at < head.Length && head[1] is not ((byte)'{' or (byte)'[') && (head[at] is 0x0A or 0x12 or 0x1A || !complete);
    }

    // Strict where the text could be JSON: only the fields of today, and the resource a message itself.
    private static bool IsMessage(ReadOnlySpan<byte> message, bool strict)
    {
        try
        {
            var fields = new ProtobufFields(message);
            while (fields.Next())
            {
                if (fields.Number is 1 or 2 or 3 ? !fields.IsBytes : strict)
                    return false;
                if (strict && fields.Number == 1 && !IsMessage(fields.Bytes, strict: false))
                    return false;
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
