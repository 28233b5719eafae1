using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Integrations.Tests.Elasticsearch;

/// <summary>Elasticsearch's published description of its API; holds bodies against its schemas.</summary>
internal sealed class PublishedSchema
{
    private readonly JsonObject schemas;

    private PublishedSchema(JsonObject schemas) => this.schemas = schemas;

    internal static PublishedSchema Open()
    {
        var path = Path.GetFullPath(Path.Combine(Checkout.Root, "../shared/specs/elasticsearch-serverless-openapi.json"));
        if (!File.Exists(path)) Assert.Skip("Elasticsearch's published API description is not here.");
        using var stream = File.OpenRead(path);
        return new PublishedSchema(JsonNode.Parse(stream)!["components"]!["schemas"]!.AsObject());
    }

    /// <summary>What a body has that the schema does not allow; nothing when it fits.</summary>
    internal IReadOnlyList<string> Problems(JsonNode? node, string schema) => Problems(node, schemas[schema]!.AsObject(), "$");

    private List<string> Problems(JsonNode? node, JsonObject schema, string at)
    {
        // The description leaves out that a field may be sorted by.
        if (schema["$ref"]?.GetValue<string>() == "#/components/schemas/_types.SortOptions" && node is JsonObject { Count: 1 } sort && !sort.First().Key.StartsWith('_'))
            return [.. sort.First().Value!.AsObject().Where(part => part.Key is not ("order" or "unmapped_type" or "format" or "missing" or "nested")).Select(part => $"{at}.{part.Key} is not known")];
        // Nor that terms are of a field.
        if (schema["$ref"]?.GetValue<string>() == "#/components/schemas/_types.query_dsl.TermsQuery" && node is JsonObject { Count: 1 } terms) return terms.First().Value is JsonArray ? [] : [$"{at} has no array of values"];
        if (schema["$ref"] is { } reference) return Problems(node, schemas[reference.GetValue<string>().Split('/')[^1]]!.AsObject(), at);
        foreach (var choice in (string[])["oneOf", "anyOf"])
            if (schema[choice] is JsonArray choices)
            {
                var each = choices.Select(one => Problems(node, one!.AsObject(), at)).ToList();
                return each.Any(problems => problems.Count == 0) ? [] : [.. each.SelectMany(problems => problems)];
            }
        if (schema["allOf"] is JsonArray { Count: 1 } only) return Problems(node, only[0]!.AsObject(), at);
        if (schema["allOf"] is JsonArray all) return Merged(node, all, at);
        if (schema["enum"] is JsonArray values) return values.Any(value => JsonNode.DeepEquals(value, node)) ? [] : [$"{at}: {node} is none of {values.ToJsonString()}"];
        return schema["type"]?.GetValue<string>() switch
        {
            "object" => OfObject(node, schema, at),
            "array" => node is JsonArray items ? [.. items.SelectMany((item, index) => Problems(item, schema["items"]!.AsObject(), $"{at}[{index}]"))] : [$"{at} is no array"],
            "string" => Kind(node) == JsonValueKind.String ? [] : [$"{at} is no string"],
            "number" or "integer" => Kind(node) == JsonValueKind.Number ? [] : [$"{at} is no number"],
            "boolean" => Kind(node) is JsonValueKind.True or JsonValueKind.False ? [] : [$"{at} is no boolean"],
            _ => [],
        };
    }

    private List<string> OfObject(JsonNode? node, JsonObject schema, string at)
    {
        if (node is not JsonObject map) return [$"{at} is no object"];
        var problems = new List<string>();
        if (schema["maxProperties"]?.GetValue<int>() is { } most && map.Count > most) problems.Add($"{at} has more than {most}");
        problems.AddRange((schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()).Where(name => !map.ContainsKey(name)).Select(name => $"{at} has no {name}"));
        foreach (var (name, value) in map)
        {
            if (schema["properties"]?[name] is JsonObject known) problems.AddRange(Problems(value, known, $"{at}.{name}"));
            else if (schema["additionalProperties"] is JsonObject any) problems.AddRange(Problems(value, any, $"{at}.{name}"));
            else if (schema["properties"] is not null) problems.Add($"{at}.{name} is not known");
        }
        return problems;
    }

    // A property is known when one of the parts knows it.
    private List<string> Merged(JsonNode? node, JsonArray all, string at)
    {
        var parts = all.Select(part => Resolved(part!.AsObject())).ToList();
        if (node is not JsonObject map || !parts.All(part => part["type"]?.GetValue<string>() == "object" || part["allOf"] is not null)) return [.. parts.SelectMany(part => Problems(node, part, at))];
        var merged = new JsonObject();
        void Merge(JsonObject part)
        {
            foreach (var inner in part["allOf"]?.AsArray() ?? []) Merge(Resolved(inner!.AsObject()));
            foreach (var (name, value) in part["properties"]?.AsObject() ?? []) merged[name] = value!.DeepClone();
        }
        foreach (var part in parts) Merge(part);
        return OfObject(map, new JsonObject { ["properties"] = merged, ["required"] = new JsonArray([.. parts.SelectMany(part => part["required"]?.AsArray() ?? []).Select(name => name!.DeepClone())]) }, at);
    }

    private JsonObject Resolved(JsonObject schema) => schema["$ref"] is { } reference ? Resolved(schemas[reference.GetValue<string>().Split('/')[^1]]!.AsObject()) : schema;

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;
}
