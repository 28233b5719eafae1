using System.Text.Json.Nodes;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Api;

/// <summary>
/// Enough of the OpenAPI documents for <c>kubectl</c>: that writes take <c>fieldValidation</c> (so the server validates),
/// and the fields of every kind for <c>kubectl explain</c>.
/// </summary>
internal static class OpenApiEndpoint
{
    /// <summary>An OpenAPI v2 document in protobuf whose only field is <c>swagger: "2.0"</c>: clients then skip their own validation.</summary>
    public static ReadOnlySpan<byte> EmptyVersion2 => [0x0A, 0x03, (byte)'2', (byte)'.', (byte)'0'];

    public static JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var served in ResourceCatalogue.All.SelectMany(type => type.Served).Distinct())
        {
            var key = served.Group.Length == 0 ? "api/" + served.Version : "apis/" + served.ApiVersion;
            paths[key] = new JsonObject { ["serverRelativeURL"] = "/openapi/v3/" + key };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The document of one group version; null when it is not served.</summary>
    public static JsonObject? Document(string key)
    {
        var (group, version) = key.Split('/') switch { ["api", var v] => ("", v), ["apis", var g, var v] => (g, v), _ => ("", "") };
        var types = ResourceCatalogue.All.Where(type => type.Served.Contains(new ServedVersion(group, version))).ToArray();
        if (types.Length == 0) return null;
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var type in types)
        {
            var kind = new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = type.Kind };
            var path = $"/{key}/{(type.Namespaced ? "namespaces/{namespace}/" : "")}{type.Plural}";
            paths[path] = new JsonObject { ["get"] = Operation("list", kind), ["post"] = Operation("post", kind) };
            paths[path + "/{name}"] = new JsonObject { ["get"] = Operation("get", kind), ["put"] = Operation("put", kind), ["patch"] = Operation("patch", kind), ["delete"] = Operation("delete", kind) };
            var schema = Describe(type.Schema, schemas);
            if (schemas[Id(type.Schema)] is JsonObject root) root["x-kubernetes-group-version-kind"] = new JsonArray(kind.DeepClone());
            _ = schema;
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0", ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.0-prunella-sandbox" },
            ["paths"] = paths, ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(string action, JsonObject kind)
    {
        var parameters = new JsonArray();
        if (action is "post" or "put" or "patch")
        {
            foreach (var name in (ReadOnlySpan<string>)["dryRun", "fieldManager", "fieldValidation"])
                parameters.Add(new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true } });
        }

        return new JsonObject
        {
            ["x-kubernetes-action"] = action, ["x-kubernetes-group-version-kind"] = kind.DeepClone(), ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        };
    }

    private static string Id(ObjectSchema schema) => "io.k8s.api." + schema.TypeName;

    private static JsonObject Describe(ObjectSchema schema, JsonObject schemas)
    {
        switch (schema.Kind)
        {
            case SchemaKind.Object:
                var id = Id(schema);
                if (!schemas.ContainsKey(id))
                {
                    var properties = new JsonObject();
                    schemas[id] = new JsonObject { ["type"] = "object", ["description"] = schema.TypeName, ["properties"] = properties };
                    foreach (var (name, field) in schema.Fields)
                    {
                        var property = Describe(field.Schema, schemas);
                        if (field.Strategy == MergeStrategy.Merge) property["x-kubernetes-patch-strategy"] = "merge";
                        if (field.MergeKey is not null) property["x-kubernetes-patch-merge-key"] = field.MergeKey;
                        properties[name] = property;
                    }
                }

                return new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/schemas/" + id }) };
            case SchemaKind.Map: return new JsonObject { ["type"] = "object", ["additionalProperties"] = Describe(schema.Item!, schemas) };
            case SchemaKind.List: return new JsonObject { ["type"] = "array", ["items"] = Describe(schema.Item!, schemas) };
            case SchemaKind.Integer: return new JsonObject { ["type"] = "integer", ["format"] = schema.TypeName };
            case SchemaKind.Number: return new JsonObject { ["type"] = "number" };
            case SchemaKind.Flag: return new JsonObject { ["type"] = "boolean" };
            case SchemaKind.Any: return new JsonObject { ["type"] = "object" };
            default: return new JsonObject { ["type"] = "string" };
        }
    }
}
