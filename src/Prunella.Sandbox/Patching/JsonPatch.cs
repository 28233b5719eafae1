using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Patching;

/// <summary>A patch that cannot be applied to this object; the message is for the client.</summary>
internal sealed class PatchException(string message) : Exception(message);

/// <summary>RFC 6902, with the API server's error texts.</summary>
internal static class JsonPatch
{
    /// <summary>Operations accepted in one patch: the real server's own bound.</summary>
    public const int OperationsMax = 10_000;

    /// <returns>The patched object; <paramref name="target"/> may be changed even when it throws.</returns>
    /// <exception cref="PatchException">An operation is malformed, or a path does not lead anywhere, or a test fails.</exception>
    public static JsonNode Apply(JsonNode target, JsonArray operations)
    {
        foreach (var operation in operations)
        {
            var path = operation.Text("path") ?? throw new PatchException("operation has no path");
            target = operation.Text("op") switch
            {
                "add" => Add(target, path, Value(operation)),
                "remove" => Remove(target, path, "remove").Target,
                "replace" => Replace(target, path, Value(operation)),
                "move" => Move(target, operation.Text("from"), path),
                "copy" => Add(target, path, Get(target, operation.Text("from") ?? "", "copy").Copy()),
                "test" => Test(target, path, operation.At("value")),
                var other => throw new PatchException($"Unexpected kind: {other}"),
            };
        }

        return target;
    }

    private static JsonNode? Value(JsonNode? operation) =>
        operation is JsonObject map && map.ContainsKey("value") ? map["value"].Copy() : throw new PatchException("operation has no value");

    private static JsonNode Test(JsonNode target, string path, JsonNode? expected)
    {
        JsonNode? found;
        try
        {
            found = Get(target, path, "test");
        }
        catch (PatchException) when (expected is null)
        {
            found = null; // testing for null holds on a missing key
        }

        return found.Same(expected) ? target : throw new PatchException($"testing value {path} failed");
    }

    private static JsonNode Move(JsonNode target, string? from, string path)
    {
        var (rest, removed) = Remove(target, from ?? "", "move");
        return Add(rest, path, removed);
    }

    private static JsonNode Add(JsonNode target, string path, JsonNode? value)
    {
        if (path.Length == 0) return value ?? throw new PatchException("the whole document cannot be null");
        switch (Parent(target, path, "add", out var key))
        {
            case JsonObject map:
                map[key] = value;
                break;
            case JsonArray list:
                if (key == "-") list.Add(value);
                else list.Insert(Index(key, list.Count, path, "add"), value);
                break;
        }

        return target;
    }

    private static JsonNode Replace(JsonNode target, string path, JsonNode? value)
    {
        if (path.Length == 0) return value ?? throw new PatchException("the whole document cannot be null");
        switch (Parent(target, path, "replace", out var key))
        {
            case JsonObject map when map.ContainsKey(key):
                map[key] = value;
                break;
            case JsonArray list:
                list[Index(key, list.Count - 1, path, "replace")] = value;
                break;
            default: throw new PatchException($"replace operation does not apply: doc is missing key: {path}: missing value");
        }

        return target;
    }

    private static (JsonNode Target, JsonNode? Removed) Remove(JsonNode target, string path, string operation)
    {
        if (path.Length == 0) throw new PatchException($"{operation} operation does not apply to the whole document");
        var parent = Parent(target, path, operation, out var key);
        JsonNode? removed;
        switch (parent)
        {
            case JsonObject map when map.ContainsKey(key):
                removed = map[key];
                map.Remove(key);
                break;
            case JsonArray list:
                var index = Index(key, list.Count - 1, path, operation);
                removed = list[index];
                list.RemoveAt(index);
                break;
            default: throw new PatchException($"{operation} operation does not apply: doc is missing path: \"{path}\": missing value");
        }

        return (target, removed);
    }

    private static JsonNode? Get(JsonNode target, string path, string operation)
    {
        if (path.Length == 0) return target;
        return Parent(target, path, operation, out var key) switch
        {
            JsonObject map when map.ContainsKey(key) => map[key],
            JsonArray list => list[Index(key, list.Count - 1, path, operation)],
            _ => throw new PatchException($"{operation} operation does not apply: doc is missing path: \"{path}\": missing value"),
        };
    }

    private static JsonNode Parent(JsonNode target, string path, string operation, out string key)
    {
        if (path[0] != '/') throw new PatchException($"{operation} operation does not apply: doc is missing path: \"{path}\": missing value");
        var parts = path[1..].Split('/');
        JsonNode? node = target;
        for (var depth = 0; depth < parts.Length - 1; depth++)
        {
            var part = Unescape(parts[depth]);
            node = node switch
            {
                JsonObject map => map[part],
                JsonArray list => list[Index(part, list.Count - 1, path, operation)],
                _ => null,
            };
        }

        key = Unescape(parts[^1]);
        return node as JsonObject ?? (JsonNode?)(node as JsonArray)
            ?? throw new PatchException($"{operation} operation does not apply: doc is missing path: \"{path}\": missing value");
    }

    private static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static int Index(string key, int max, string path, string operation) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= max
            ? index
            : throw new PatchException($"{operation} operation does not apply: doc is missing path: \"{path}\": invalid index referenced");
}
