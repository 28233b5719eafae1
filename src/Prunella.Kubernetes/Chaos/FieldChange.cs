using System.Globalization;
using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// One field of an object that a fault changed. Steps of the path are member names; <c>name=app</c> is the element of a list
/// with that name, <c>2</c> the element at that index; the last step is always a member.
/// </summary>
/// <param name="Path">From the object down to the field.</param>
/// <param name="Before">What it was; null when it was absent.</param>
/// <param name="After">What the fault made of it; null when the fault removed it.</param>
internal sealed record FieldChange(IReadOnlyList<string> Path, JsonNode? Before, JsonNode? After)
{
    /// <summary>A change of what an object holds now.</summary>
    internal static FieldChange Of(JsonObject live, JsonNode? after, params string[] path) => new(path, Read(live, path)?.DeepClone(), after);

    internal string PathText => string.Join('/', Path);

    /// <summary>The field's value in an object; null when it is absent.</summary>
    internal JsonNode? In(JsonObject live) => Read(live, Path);

    internal static JsonNode? Read(JsonNode live, IReadOnlyList<string> path)
    {
        JsonNode? at = live;
        foreach (var step in path) at = Step(at, step);
        return at;
    }

    /// <summary>Writes a value into an object; null removes the field.</summary>
    /// <returns>False when what the field belongs to is not there any more.</returns>
    internal bool Write(JsonObject live, JsonNode? value)
    {
        JsonNode? parent = live;
        for (var index = 0; index < Path.Count - 1; index++)
        {
            var next = Step(parent, Path[index]);
            // A map that the API dropped when its last entry went is made again.
            if (next is null && value is not null && parent is JsonObject map && !Path[index].Contains('=')) map[Path[index]] = next = new JsonObject();
            parent = next;
        }
        var last = Path[^1];
        switch (parent)
        {
            case JsonObject owner when value is null: owner.Remove(last); return true;
            case JsonObject owner: owner[last] = value.DeepClone(); return true;
            default: return value is null;
        }
    }

    private static JsonNode? Step(JsonNode? at, string step)
    {
        if (at is JsonObject map) return map[step];
        if (at is not JsonArray list) return null;
        if (step.StartsWith("name=", StringComparison.Ordinal)) return list.FirstOrDefault(item => item is JsonObject named && named["name"]?.GetValue<string>() == step[5..]);
        return int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count ? list[index] : null;
    }
}
