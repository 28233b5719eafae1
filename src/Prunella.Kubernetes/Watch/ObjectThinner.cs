using System.Buffers;
using System.Text.Json;

namespace Prunella.Kubernetes.Watch;

// A pod as the API sends it has 6 to 9 kB, half of it managedFields; thin it has 2 to 4. 2 000 pods are then some 20 MB with
// their index, and a hostile annotation of 10 MB is 8 kB.
/// <summary>
/// Takes off an object what no cause looks at: field managers, the applied configuration, a node's list of images, and the rest
/// of very long texts. Everything else stays as it was written, also fields of unknown name or wrong type.
/// </summary>
internal static class ObjectThinner
{
    /// <summary>Longest text that is kept whole, in bytes of JSON; of a longer one the beginning stays.</summary>
    internal const int TextBytesMax = 8_192;

    private const int DepthMax = 128;

    /// <summary>The thin object.</summary>
    /// <param name="raw">One JSON object.</param>
    /// <param name="writtenAt">The newest time that a field manager tells: when the API server took the last write. Null when none does.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    internal static JsonElement Thin(ReadOnlySpan<byte> raw, out DateTimeOffset? writtenAt)
    {
        writtenAt = null;
        var output = new ArrayBufferWriter<byte>(Math.Clamp(raw.Length, 256, 16_384));
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Expected an object.");
            Copy(ref reader, raw, writer, ref writtenAt);
        }
        var thin = new Utf8JsonReader(output.WrittenSpan, new JsonReaderOptions { MaxDepth = DepthMax });
        return JsonElement.ParseValue(ref thin);
    }

    private static void Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> raw, Utf8JsonWriter writer, ref DateTimeOffset? writtenAt)
    {
        var section = Section.Other;
        writer.WriteStartObject();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName:
                    if (reader.CurrentDepth == 1) section = reader.ValueTextEquals("metadata"u8) ? Section.Metadata : reader.ValueTextEquals("status"u8) ? Section.Status : Section.Other;
                    if (section == Section.Metadata && reader.CurrentDepth == 2 && reader.ValueTextEquals("managedFields"u8)) ReadManagers(ref reader, ref writtenAt);
                    else if (section == Section.Status && reader.CurrentDepth == 2 && reader.ValueTextEquals("images"u8)) reader.Skip();
                    else if (reader.CurrentDepth == 3 && reader.ValueTextEquals("kubectl.kubernetes.io/last-applied-configuration"u8)) reader.Skip();
                    else if (reader.ValueSpan.Length > TextBytesMax || NameOf(ref reader) is not { } name) reader.Skip();
                    else writer.WritePropertyName(name);
                    break;
                case JsonTokenType.String when reader.ValueSpan.Length > TextBytesMax: writer.WriteStringValue(Beginning(ref reader)); break;
                default: writer.WriteRawValue(raw[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true); break;
            }
        }
    }

    private static void ReadManagers(ref Utf8JsonReader reader, ref DateTimeOffset? newest)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth + 2) continue;
            var isTime = reader.ValueTextEquals("time"u8);
            reader.Read();
            if (isTime && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) && (newest is null || time > newest)) newest = time;
            else reader.Skip();
        }
    }

    // A name or text with a lone surrogate says nothing, and must not cost the object.
    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Beginning(ref Utf8JsonReader reader)
    {
        var text = NameOf(ref reader) ?? "";
        return text.Length > TextBytesMax / 2 ? string.Concat(text.AsSpan(0, TextBytesMax / 2), "…") : text;
    }

    private enum Section
    {
        Other,
        Metadata,
        Status,
    }
}
