using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prunella.Mcp;

/// <summary>What an argument of a tool may be.</summary>
internal enum ToolValue
{
    /// <summary>A text of 1 to <see cref="ToolParameter.Max"/> characters.</summary>
    Text,

    /// <summary>A whole number from <see cref="ToolParameter.Min"/> to <see cref="ToolParameter.Max"/>.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>Texts by name, at most <see cref="ToolParameter.NamesMax"/>, each of at most <see cref="ToolParameter.Max"/> characters.</summary>
    Texts,
}

/// <summary>One argument of a tool: its schema and its check are both made of this.</summary>
/// <param name="Name">Lower case and underscores.</param>
/// <param name="Kind">What it may be.</param>
/// <param name="Description">For whoever fills it in.</param>
internal sealed record ToolParameter(string Name, ToolValue Kind, string Description)
{
    internal const int NamesMax = 32;

    public bool Required { get; init; }

    public int Min { get; init; }

    public int Max { get; init; } = 200;

    /// <summary>The JSON schema of an object of these.</summary>
    internal static JsonElement Schema(IReadOnlyList<ToolParameter> parameters)
    {
        var properties = new JsonObject();
        foreach (var parameter in parameters) properties[parameter.Name] = parameter.Schema();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (parameters.Any(parameter => parameter.Required)) schema["required"] = new JsonArray([.. parameters.Where(parameter => parameter.Required).Select(parameter => (JsonNode)parameter.Name)]);
        return JsonSerializer.SerializeToElement(schema);
    }

    /// <summary>What is wrong with arguments, each fault in a sentence; empty when they fit the schema.</summary>
    internal static IReadOnlyList<string> Faults(IReadOnlyList<ToolParameter> parameters, IReadOnlyDictionary<string, JsonElement> arguments)
    {
        List<string> faults = [];
        foreach (var parameter in parameters)
            if (!arguments.TryGetValue(parameter.Name, out var value)) { if (parameter.Required) faults.Add($"\"{parameter.Name}\" is missing: {parameter.Description}"); }
            else if (!parameter.Fits(value)) faults.Add($"\"{parameter.Name}\" has to be {parameter.Allowed}");
        var unknown = arguments.Keys.Count(name => parameters.All(parameter => parameter.Name != name));
        if (unknown > 0) faults.Add($"{unknown} unknown argument(s); known are {(parameters.Count == 0 ? "none" : string.Join(", ", parameters.Select(parameter => parameter.Name)))}");
        return faults;
    }

    private string Allowed => Kind switch
    {
        ToolValue.Text => $"a text of 1 to {Max} characters",
        ToolValue.Number => $"a whole number from {Min} to {Max}",
        ToolValue.Flag => "true or false",
        _ => $"an object of at most {NamesMax} texts of at most {Max} characters",
    };

    private bool Fits(JsonElement value) => Kind switch
    {
        ToolValue.Text => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= Max,
        ToolValue.Number => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= Min && number <= Max,
        ToolValue.Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Count() <= NamesMax
            && value.EnumerateObject().All(one => one.Name.Length is > 0 and <= 64 && one.Value.ValueKind == JsonValueKind.String && one.Value.GetString()!.Length <= Max),
    };

    private JsonObject Schema()
    {
        var schema = new JsonObject { ["description"] = Description };
        switch (Kind)
        {
            case ToolValue.Text: (schema["type"], schema["minLength"], schema["maxLength"]) = ("string", 1, Max); break;
            case ToolValue.Number: (schema["type"], schema["minimum"], schema["maximum"]) = ("integer", Min, Max); break;
            case ToolValue.Flag: schema["type"] = "boolean"; break;
            default: (schema["type"], schema["maxProperties"], schema["additionalProperties"]) = ("object", NamesMax, new JsonObject { ["type"] = "string", ["maxLength"] = Max }); break;
        }
        return schema;
    }
}
