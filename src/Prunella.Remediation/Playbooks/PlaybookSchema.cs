using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Remediation.Playbooks.Reading;

namespace Prunella.Remediation.Playbooks;

/// <summary>The published JSON schema (draft 2020-12) of playbook files, made from the grammar that reads them.</summary>
public static class PlaybookSchema
{
    private const string MeasurePattern = @"^\s*[-+]?[0-9][0-9_.]*([eE][-+]?[0-9]+)?\s*([A-Za-z%]*\s*(/\s*[a-z]+)?|[a-z]+([0-9.]+[a-z]+)+)\s*$|^[a-z][A-Za-z]*$|\$\{";
    private const string DurationPattern = @"^([0-9.]+(ms|s|m|h|d))+$|\$\{";
    private const string NamePattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as indented JSON with a final newline.</summary>
    public static string Write()
    {
        var definitions = new JsonObject();
        var root = Define(PlaybookShapes.Playbook, definitions);
        definitions["condition"] = new JsonObject { ["oneOf"] = new JsonArray([.. PlaybookShapes.Conditions.Select(shape => Refer(shape, definitions))]) };
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = "https://prunella.dev/schema/playbook.schema.json",
            ["title"] = "Prunella playbook",
        };
        foreach (var (key, value) in root.ToList())
        {
            root.Remove(key);
            schema[key] = value;
        }
        schema["$defs"] = new JsonObject(definitions.ToList().OrderBy(definition => definition.Key, StringComparer.Ordinal).Select(definition =>
        {
            definitions.Remove(definition.Key);
            return definition;
        }));
        return schema.ToJsonString(Format).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Define(Shape shape, JsonObject definitions)
    {
        var properties = new JsonObject();
        foreach (var rule in shape.Keys) properties[rule.Name] = Value(rule, definitions);
        var definition = new JsonObject { ["type"] = "object", ["description"] = shape.Description, ["additionalProperties"] = false, ["properties"] = properties };
        if (shape.Keys.Any(rule => rule.Required)) definition["required"] = new JsonArray([.. shape.Keys.Where(rule => rule.Required).Select(rule => (JsonNode)rule.Name)]);
        return definition;
    }

    private static JsonObject Refer(Shape shape, JsonObject definitions)
    {
        if (!definitions.ContainsKey(shape.Name))
        {
            definitions[shape.Name] = new JsonObject();
            definitions[shape.Name] = Define(shape, definitions);
        }
        return Refer(shape.Name);
    }

    private static JsonObject Refer(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };

    private static JsonObject Value(KeyRule rule, JsonObject definitions)
    {
        var text = new JsonObject { ["type"] = "string" };
        var value = rule.Kind switch
        {
            KeyKind.Number => new JsonObject { ["type"] = "number" },
            KeyKind.Integer => new JsonObject { ["type"] = "integer" },
            KeyKind.Flag => new JsonObject { ["type"] = "boolean" },
            KeyKind.Name => new JsonObject { ["type"] = "string", ["pattern"] = NamePattern },
            KeyKind.Duration => new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern },
            KeyKind.Measure => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = MeasurePattern },
            KeyKind.TextList => new JsonObject { ["oneOf"] = new JsonArray(text, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = text.DeepClone() }) },
            KeyKind.TextMap => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") } },
            KeyKind.Shape => Refer(rule.Of!, definitions),
            KeyKind.ShapeList => new JsonObject { ["type"] = "array", ["items"] = Refer(rule.Of!, definitions) },
            KeyKind.Condition or KeyKind.Conditions => new JsonObject
            {
                ["oneOf"] = new JsonArray(Refer("condition"), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Refer("condition") }),
            },
            _ => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        };
        if (rule.Choices is { } choices) value["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice)]);
        if (rule.Minimum is { } minimum) value["minimum"] = minimum;
        if (rule.Maximum is { } maximum) value["maximum"] = maximum;
        value["description"] = rule.Description;
        return value;
    }
}
