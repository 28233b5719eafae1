using System.Globalization;
using System.Text.Json;

namespace Prunella.Logs.Pipeline;

/// <summary>OTLP's JSON: camel case, 64-bit numbers as text or number, ids in hexadecimal.</summary>
internal static class OtlpLogJson
{
    internal static int Read(JsonElement root, LineBatches batches)
    {
        var count = 0;
        foreach (var resourceLogs in Items(root, "resourceLogs"))
        {
            var attributes = resourceLogs.TryGetProperty("resource", out var resource) ? Items(resource, "attributes").ToList() : [];
            var named = Named(attributes);
            var lines = batches.Of(OtlpLogs.SourceOf(named));
            using var writer = new Utf8JsonWriter(lines, OtlpLogs.Writing);
            foreach (var record in Items(resourceLogs, "scopeLogs").SelectMany(static s => Items(s, "logRecords")))
            {
                Write(writer, record, attributes, named);
                writer.Flush();
                writer.Reset();
                lines.GetSpan(1)[0] = (byte)'\n';
                lines.Advance(1);
                count++;
            }
        }

        return count;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement record, List<JsonElement> resource, Dictionary<string, string> named)
    {
        var time = Number(record, "timeUnixNano") is > 0 and var at ? at : Number(record, "observedTimeUnixNano");
        OtlpLogs.Begin(writer, time, (int)Math.Min(Number(record, "severityNumber"), 99), Text(record, "severityText"), named);
        writer.WritePropertyName("message"u8);
        if (record.TryGetProperty("body", out var body))
        {
            Value(writer, body, 0);
        }
        else
        {
            writer.WriteStringValue("");
        }

        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("traceId", "trace_id"), ("spanId", "span_id")])
        {
            if (Text(record, from) is { Length: > 0 } id)
            {
                writer.WriteString(to, id);
            }
        }

        Attributes(writer, "attributes"u8, Items(record, "attributes"), 0);
        Attributes(writer, "resource"u8, resource, 0);
        writer.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<JsonElement> attributes, int depth)
    {
        using var all = attributes.GetEnumerator();
        if (!all.MoveNext())
        {
            return;
        }

        writer.WriteStartObject(name);
        do
        {
            Attribute(writer, all.Current, depth);
        }
        while (all.MoveNext());
        writer.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter writer, JsonElement pair, int depth)
    {
        writer.WritePropertyName(Text(pair, "key"));
        if (pair.TryGetProperty("value", out var value))
        {
            Value(writer, value, depth + 1);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void Value(Utf8JsonWriter writer, JsonElement any, int depth)
    {
        if (depth > OtlpLogs.DepthMax)
        {
            throw new InvalidDataException($"Values within values deeper than {OtlpLogs.DepthMax}.");
        }

        foreach (var member in any.EnumerateObject())
        {
            switch (member.Name)
            {
                case "arrayValue":
                    writer.WriteStartArray();
                    foreach (var item in Items(member.Value, "values"))
                    {
                        Value(writer, item, depth + 1);
                    }

                    writer.WriteEndArray();
                    return;
                case "kvlistValue":
                    writer.WriteStartObject();
                    foreach (var pair in Items(member.Value, "values"))
                    {
                        Attribute(writer, pair, depth + 1);
                    }

                    writer.WriteEndObject();
                    return;
                case "intValue":
                    writer.WriteNumberValue(member.Value.ValueKind == JsonValueKind.String ? long.Parse(member.Value.GetString()!, CultureInfo.InvariantCulture) : member.Value.GetInt64());
                    return;
                default:
                    member.Value.WriteTo(writer);
                    return;
            }
        }

        writer.WriteNullValue();
    }

    private static Dictionary<string, string> Named(List<JsonElement> attributes)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            if (attribute.TryGetProperty("value", out var value) && value.TryGetProperty("stringValue", out var text) && text.ValueKind == JsonValueKind.String)
            {
                named[Text(attribute, "key")] = text.GetString()!;
            }
        }

        return named;
    }

    private static IEnumerable<JsonElement> Items(JsonElement from, string name) =>
        from.TryGetProperty(name, out var items) && items.ValueKind != JsonValueKind.Null ? items.EnumerateArray() : [];

    private static string Text(JsonElement from, string name) => from.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static ulong Number(JsonElement from, string name) => !from.TryGetProperty(name, out var number) ? 0
        : number.ValueKind == JsonValueKind.String ? ulong.Parse(number.GetString()!, CultureInfo.InvariantCulture) : number.GetUInt64();
}
