using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Schema;

/// <summary>What decoding into the server's types would have done: types checked, unknown fields and nulls dropped, quantities canonical.</summary>
internal sealed class ObjectCleaning
{
    private readonly List<string> unknown = [];

    /// <summary>Paths of the fields that were dropped because the type has none of that name.</summary>
    public IReadOnlyList<string> Unknown => unknown;

    /// <summary>Cleans the object in place; returns null, or why it cannot be decoded.</summary>
    public string? Clean(JsonObject root, ObjectSchema schema) => CleanObject(root, schema, "");

    private string? CleanObject(JsonObject map, ObjectSchema schema, string path)
    {
        List<string>? dropped = null;
        foreach (var (key, value) in map)
        {
            if (!schema.Fields.TryGetValue(key, out var field))
            {
                unknown.Add(path + key);
                (dropped ??= []).Add(key);
            }
            else if (value is null || IsEmptyCollection(value, field.Schema)) (dropped ??= []).Add(key);
        }

        if (dropped is not null)
        {
            foreach (var key in dropped) map.Remove(key);
        }

        foreach (var key in map.Select(pair => pair.Key).ToArray())
        {
            var error = CleanValue(map[key]!, schema.Fields[key].Schema, path + key, schema.TypeName + "." + key, out var replacement);
            if (error is not null) return error;
            if (replacement is not null) map[key] = replacement;
        }

        return null;
    }

    private static bool IsEmptyCollection(JsonNode value, ObjectSchema schema) =>
        (schema.Kind == SchemaKind.Map && value is JsonObject { Count: 0 }) || (schema.Kind == SchemaKind.List && value is JsonArray { Count: 0 });

    private string? CleanValue(JsonNode value, ObjectSchema schema, string path, string goField, out JsonNode? replacement)
    {
        replacement = null;
        switch (schema.Kind)
        {
            case SchemaKind.Any: return null;
            case SchemaKind.Object:
                return value is JsonObject map ? CleanObject(map, schema, path + ".") : Wrong(value, goField, schema.TypeName);
            case SchemaKind.Map: return CleanMap(value, schema, path, goField);
            case SchemaKind.List: return CleanList(value, schema, path, goField);
            case SchemaKind.Text: return value.Text() is null ? Wrong(value, goField, "string") : null;
            case SchemaKind.Flag: return value.Flag() is null ? Wrong(value, goField, "bool") : null;
            case SchemaKind.Number: return value is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number ? null : Wrong(value, goField, schema.TypeName);
            case SchemaKind.Integer:
                return value.Number() is { } whole && (schema.Wide || whole is >= int.MinValue and <= int.MaxValue) ? null : Wrong(value, goField, schema.TypeName);
            case SchemaKind.IntOrText: return value.Text() is null && value.Number() is null ? Wrong(value, goField, "intstr.IntOrString") : null;
            case SchemaKind.Bytes:
                return value.Text() is { } encoded && Convert.TryFromBase64String(encoded, new byte[(encoded.Length / 4 * 3) + 3], out _)
                    ? null : value.Text() is null ? Wrong(value, goField, "[]uint8") : "illegal base64 data at input byte 0";
            case SchemaKind.Time or SchemaKind.MicroTime: return CleanTime(value, schema.Kind, out replacement);
            default: return CleanQuantity(value, out replacement);
        }
    }

    private string? CleanMap(JsonNode value, ObjectSchema schema, string path, string goField)
    {
        if (value is not JsonObject map) return Wrong(value, goField, "map");
        foreach (var key in map.Select(pair => pair.Key).ToArray())
        {
            if (map[key] is not { } item)
            {
                if (schema.Item!.Kind == SchemaKind.Text) map[key] = ""; // a null in a Go map of strings is the empty string
                else map.Remove(key);
                continue;
            }

            var error = CleanValue(item, schema.Item!, path + "." + key, goField, out var replacement);
            if (error is not null) return error;
            if (replacement is not null) map[key] = replacement;
        }

        return null;
    }

    private string? CleanList(JsonNode value, ObjectSchema schema, string path, string goField)
    {
        if (value is not JsonArray list) return Wrong(value, goField, "[]" + schema.Item!.TypeName);
        for (var index = list.Count - 1; index >= 0; index--)
        {
            if (list[index] is not { } item)
            {
                list.RemoveAt(index);
                continue;
            }

            var error = CleanValue(item, schema.Item!, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), goField, out var replacement);
            if (error is not null) return error;
            if (replacement is not null) list[index] = replacement;
        }

        return null;
    }

    private static string? CleanTime(JsonNode value, SchemaKind kind, out JsonNode? replacement)
    {
        replacement = null;
        if (value.Text() is not { } text) return "json: cannot unmarshal " + Describe(value) + " into Go value of type string";
        if (value.Time() is not { } time || text.Length < 20)
            return $"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"";
        replacement = kind == SchemaKind.Time ? time.Stamp() : time.MicroStamp();
        return null;
    }

    private static string? CleanQuantity(JsonNode value, out JsonNode? replacement)
    {
        replacement = null;
        var text = value.Text() ?? (value is JsonValue ? value.ToString() : null);
        if (!Quantity.TryParse(text, out var quantity)) return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        replacement = quantity.ToString();
        return null;
    }

    private static string Wrong(JsonNode value, string goField, string goType) =>
        $"json: cannot unmarshal {Describe(value)} into Go struct field {goField} of type {goType}";

    private static string Describe(JsonNode value) => value switch
    {
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "bool",
            _ => "number",
        },
    };
}
