using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Reasoning.Redaction;

/// <summary>Changes the strings within a JSON value and nothing else, so that what is put in can break nothing.</summary>
internal static class JsonStrings
{
    internal static JsonNode? Map(JsonNode? node, Func<string, string> map) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Map(member.Value, map)))),
        JsonArray items => new JsonArray([.. items.Select(item => Map(item, map))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(map(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    internal static JsonElement Map(JsonElement json, Func<string, string> map) => JsonSerializer.SerializeToElement(Map(JsonSerializer.SerializeToNode(json), map));
}
