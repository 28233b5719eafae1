using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Sandbox.Json;

/// <summary>
/// Parses request bodies into fully built trees and writes them back. The framework's own parser leaves lazily
/// filled nodes behind, which are not safe to read from several threads; these are.
/// </summary>
internal static class JsonBody
{
    /// <summary>Nesting accepted in a body. Real manifests stay under 30.</summary>
    public const int DepthMax = 128;

    private static readonly JsonReaderOptions reading = new() { MaxDepth = DepthMax, CommentHandling = JsonCommentHandling.Disallow };
    private static readonly JsonWriterOptions writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512, SkipValidation = true };

    /// <summary>The tree, or null for the JSON literal <c>null</c>.</summary>
    /// <exception cref="JsonException">Malformed, truncated or too deep.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, reading);
        if (!reader.Read()) throw new JsonException("unexpected end of JSON input");
        var node = ReadValue(ref reader);
        return reader.Read() ? throw new JsonException("invalid character after top-level value") : node;
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = ReadText(ref reader);
                    reader.Read();
                    map[key] = ReadValue(ref reader); // the last of two equal keys wins, as in Go
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(ReadValue(ref reader));
                return list;
            case JsonTokenType.String: return JsonValue.Create(ReadText(ref reader));
            case JsonTokenType.True: return JsonValue.Create(true);
            case JsonTokenType.False: return JsonValue.Create(false);
            case JsonTokenType.Number:
                if (reader.TryGetInt64(out var whole)) return JsonValue.Create(whole);
                return reader.TryGetDouble(out var real) && double.IsFinite(real)
                    ? JsonValue.Create(real)
                    : throw new JsonException("number out of range");
            default: return null;
        }
    }

    private static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("invalid UTF-8 or surrogate in string", e); // lone surrogates: a client's fault, not ours
        }
    }

    public static byte[] Write(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, writing)) node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes an object without its <c>kind</c> and <c>apiVersion</c>; never empty: every object has metadata.</summary>
    public static byte[] WriteUntyped(JsonObject body)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, writing))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in body)
            {
                if (key is "kind" or "apiVersion") continue;
                writer.WritePropertyName(key);
                if (value is null) writer.WriteNullValue();
                else value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string WriteText(JsonNode node) => Encoding.UTF8.GetString(Write(node));
}
