using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Prunella.Traces.Scenarios;

/// <summary>Writes the same spans in each wire format.</summary>
internal static class WireFormats
{
    public static byte[] Jaeger(IEnumerable<SpanSpec> spans)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var trace in spans.GroupBy(span => span.TraceId))
                JaegerTrace(json, trace.Key, [.. trace]);
            json.WriteEndArray();
            json.WriteNumber("total", 0);
            json.WriteNull("errors");
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static void JaegerTrace(Utf8JsonWriter json, string traceId, List<SpanSpec> spans)
    {
        json.WriteStartObject();
        json.WriteString("traceID", traceId);
        json.WriteStartArray("spans");
        var processes = new Dictionary<(string, string?), string>();
        foreach (var span in spans)
        {
            if (!processes.TryGetValue((span.Service, span.Host), out var process))
                processes.Add((span.Service, span.Host), process = string.Create(CultureInfo.InvariantCulture, $"p{processes.Count + 1}"));
            json.WriteStartObject();
            json.WriteString("traceID", traceId);
            json.WriteString("spanID", span.SpanId);
            json.WriteNumber("flags", 1);
            json.WriteString("operationName", span.Operation);
            json.WriteStartArray("references");
            if (span.ParentId is not null)
            {
                json.WriteStartObject();
                json.WriteString("refType", span.FollowsFrom ? "FOLLOWS_FROM" : "CHILD_OF");
                json.WriteString("traceID", traceId);
                json.WriteString("spanID", span.ParentId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("startTime", span.StartUs);
            json.WriteNumber("duration", span.DurationUs);
            json.WriteStartArray("tags");
            if (span.Kind is not null)
                Tag(json, "span.kind", span.Kind);
            foreach (var (key, value) in span.Tags)
                Tag(json, key, value);
            if (span.Error)
                Tag(json, "error", true);
            json.WriteEndArray();
            json.WriteStartArray("logs");
            json.WriteEndArray();
            json.WriteString("processID", process);
            json.WriteNull("warnings");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("processes");
        foreach (var ((service, host), key) in processes)
        {
            json.WriteStartObject(key);
            json.WriteString("serviceName", service);
            json.WriteStartArray("tags");
            if (host is not null)
                Tag(json, "hostname", host);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNull("warnings");
        json.WriteEndObject();
    }

    public static byte[] Zipkin(IEnumerable<SpanSpec> spans)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var span in spans)
            {
                json.WriteStartObject();
                json.WriteString("traceId", span.TraceId);
                json.WriteString("id", span.SpanId);
                if (span.ParentId is not null)
                    json.WriteString("parentId", span.ParentId);
                json.WriteString("name", span.Operation);
                if (span.Kind is not null and not "internal")
                    json.WriteString("kind", span.Kind.ToUpperInvariant());
                json.WriteNumber("timestamp", span.StartUs);
                json.WriteNumber("duration", span.DurationUs);
                json.WriteStartObject("localEndpoint");
                json.WriteString("serviceName", span.Service);
                json.WriteEndObject();
                json.WriteStartObject("tags");
                foreach (var (key, value) in span.Tags)
                    json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                if (span.Error)
                    json.WriteString("error", "true");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <param name="spans">The spans.</param>
    /// <param name="wrap">Whether to wrap as Jaeger's v3 API does.</param>
    public static byte[] OtlpJson(IEnumerable<SpanSpec> spans, bool wrap = false)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (wrap)
                json.WriteStartObject("result");
            json.WriteStartArray("resourceSpans");
            foreach (var service in spans.GroupBy(span => (span.Service, span.Host)))
            {
                json.WriteStartObject();
                json.WriteStartObject("resource");
                json.WriteStartArray("attributes");
                Attribute(json, "service.name", service.Key.Service);
                if (service.Key.Host is not null)
                    Attribute(json, "hostname", service.Key.Host);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteStartArray("scopeSpans");
                json.WriteStartObject();
                json.WriteStartArray("spans");
                foreach (var span in service)
                    OtlpSpan(json, span);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (wrap)
                json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static byte[] OtlpProtobuf(IEnumerable<SpanSpec> spans)
    {
        var request = new Message();
        foreach (var service in spans.GroupBy(span => (span.Service, span.Host)))
        {
            var resource = new Message().Bytes(1, KeyValue("service.name", service.Key.Service));
            if (service.Key.Host is not null)
                resource.Bytes(1, KeyValue("hostname", service.Key.Host));
            var scope = new Message();
            foreach (var span in service)
                scope.Bytes(2, OtlpSpan(span));
            request.Bytes(1, new Message().Bytes(1, resource).Bytes(2, scope));
        }

        return request.ToArray();
    }

    private static Message OtlpSpan(SpanSpec span)
    {
        var message = new Message()
            .Bytes(1, Convert.FromHexString(span.TraceId.PadLeft(32, '0')))
            .Bytes(2, Convert.FromHexString(span.SpanId.PadLeft(16, '0')));
        if (span.ParentId is not null)
            message.Bytes(4, Convert.FromHexString(span.ParentId.PadLeft(16, '0')));
        message.Text(5, span.Operation);
        if (Kind(span) != 0)
            message.Varint(6, (ulong)Kind(span));
        message.Fixed64(7, (ulong)span.StartUs * 1_000).Fixed64(8, (ulong)span.EndUs * 1_000);
        foreach (var (key, value) in span.Tags)
            message.Bytes(9, KeyValue(key, value));
        if (span.Error)
            message.Bytes(15, new Message().Varint(3, 2));
        return message;
    }

    private static void OtlpSpan(Utf8JsonWriter json, SpanSpec span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId.PadLeft(32, '0'));
        json.WriteString("spanId", span.SpanId.PadLeft(16, '0'));
        if (span.ParentId is not null)
            json.WriteString("parentSpanId", span.ParentId.PadLeft(16, '0'));
        json.WriteString("name", span.Operation);
        json.WriteNumber("kind", Kind(span));
        json.WriteString("startTimeUnixNano", (span.StartUs * 1_000).ToString(CultureInfo.InvariantCulture));
        json.WriteString("endTimeUnixNano", (span.EndUs * 1_000).ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("attributes");
        foreach (var (key, value) in span.Tags)
            Attribute(json, key, value);
        json.WriteEndArray();
        if (span.Error)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", 2);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static int Kind(SpanSpec span) => Array.IndexOf([null, "internal", "server", "client", "producer", "consumer"], span.Kind);

    private static void Tag(Utf8JsonWriter json, string key, object value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        switch (value)
        {
            case bool flag:
                json.WriteString("type", "bool");
                json.WriteBoolean("value", flag);
                break;
            case int or long:
                json.WriteString("type", "int64");
                json.WriteNumber("value", Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString("type", "string");
                json.WriteString("value", (string)value);
                break;
        }

        json.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter json, string key, object value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        switch (value)
        {
            case bool flag:
                json.WriteBoolean("boolValue", flag);
                break;
            case int or long:
                json.WriteString("intValue", Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString("stringValue", (string)value);
                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Message KeyValue(string key, object value)
    {
        var any = value switch
        {
            bool flag => new Message().Varint(2, flag ? 1UL : 0),
            int or long => new Message().Varint(3, (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            _ => new Message().Text(1, (string)value),
        };
        return new Message().Text(1, key).Bytes(2, any);
    }

    private sealed class Message
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

        public Message Varint(int field, ulong value)
        {
            Raw((ulong)field << 3);
            Raw(value);
            return this;
        }

        public Message Fixed64(int field, ulong value)
        {
            Raw(((ulong)field << 3) | 1);
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            _bytes.Write(bytes);
            return this;
        }

        public Message Bytes(int field, Message message) => Bytes(field, message._bytes.WrittenSpan);

        public Message Bytes(int field, ReadOnlySpan<byte> bytes)
        {
            Raw(((ulong)field << 3) | 2);
            Raw((ulong)bytes.Length);
            _bytes.Write(bytes);
            return this;
        }

        public Message Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

        private void Raw(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                Raw((byte)(value | 0x80));
            Raw((byte)value);
        }

        private void Raw(byte value) => _bytes.Write([value]);
    }
}
