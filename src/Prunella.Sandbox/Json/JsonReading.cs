using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Prunella.Sandbox.Json;

/// <summary>Reads values out of a JSON tree whose shape is only hoped for: a wrong type reads as absent.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(key, out node)) return null;
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value) return null;
        if (value.TryGetValue<long>(out var wide)) return wide;
        if (value.TryGetValue<int>(out var narrow)) return narrow;
        return value.TryGetValue<double>(out var real) && real == Math.Floor(real) && Math.Abs(real) < 9e15 ? (long)real : null;
    }

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static JsonObject? Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static JsonArray? List(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonArray;

    /// <summary>The objects of a list, in order; other elements and an absent list give nothing.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.Select(item => item.Text()).OfType<string>() ?? [];

    public static Dictionary<string, string> TextMap(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (node.At(path) is not JsonObject fields) return map;
        foreach (var (key, value) in fields)
        {
            if (value.Text() is { } text) map[key] = text;
        }

        return map;
    }

    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The object under <paramref name="key"/>, made when it is absent or of another type.</summary>
    public static JsonObject Ensure(this JsonObject map, string key)
    {
        if (map[key] is JsonObject existing) return existing;
        var made = new JsonObject();
        map[key] = made;
        return made;
    }

    public static JsonArray EnsureList(this JsonObject map, string key)
    {
        if (map[key] is JsonArray existing) return existing;
        var made = new JsonArray();
        map[key] = made;
        return made;
    }

    public static void SetDefault(this JsonObject map, string key, JsonNode value)
    {
        if (map[key] is null) map[key] = value;
    }

    /// <summary>Sets the key, or removes it when the value is null: the API never stores nulls.</summary>
    public static void Put(this JsonObject map, string key, JsonNode? value)
    {
        if (value is null) map.Remove(key);
        else map[key] = value;
    }

    public static JsonObject Copy(this JsonObject map) => (JsonObject)map.DeepClone();

    [return: NotNullIfNotNull(nameof(node))]
    public static JsonNode? Copy(this JsonNode? node) => node?.DeepClone();

    public static bool Same(this JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other);

    /// <summary>The API server's second-resolution RFC 3339 form.</summary>
    public static string Stamp(this DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string MicroStamp(this DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    // The fields nearly every caller asks for.
    public static string Name(this JsonNode? o) => o.Text("metadata", "name") ?? "";
    public static string Namespace(this JsonNode? o) => o.Text("metadata", "namespace") ?? "";
    public static string Uid(this JsonNode? o) => o.Text("metadata", "uid") ?? "";
    public static bool Deleting(this JsonNode? o) => o.At("metadata", "deletionTimestamp") is not null;
}
