using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Remembers, on the object itself, what a resource was before Prunella first grew it, so that growth is capped in all
/// and not only step by step. A value that someone else set since is a new original.
/// </summary>
internal static class Growth
{
    /// <summary>The original and the annotation to write when <paramref name="key"/> goes from <paramref name="current"/> to <paramref name="next"/>.</summary>
    /// <returns>The growth in all as a factor, and the annotation's name, its value before (null for none) and after.</returns>
    internal static (double Factor, string Annotation, string? Before, string After) Step(JsonObject live, string resource, string key, string current, string next)
    {
        var annotation = Marks.OriginalPrefix + resource;
        var before = (live["metadata"]?["annotations"] as JsonObject)?[annotation] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        var marks = Read(before);
        var original = marks.TryGetValue(key, out var mark) && Quantities.Of(mark.Set) == Quantities.Of(current) ? mark.Original : current;
        marks[key] = new Mark(original, next);
        return ((Quantities.Of(next) ?? 0) / (Quantities.Of(original) is > 0 and var first ? first : 1), annotation, before, JsonSerializer.Serialize(marks));
    }

    /// <summary>Whether the annotation's value tells that <paramref name="amount"/> was set by Prunella.</summary>
    internal static bool HasSet(string? annotation, string key, double amount) => Read(annotation).TryGetValue(key, out var mark) && Quantities.Of(mark.Set) == amount;

    private static SortedDictionary<string, Mark> Read(string? text)
    {
        try
        {
            return text is null ? new(StringComparer.Ordinal) : new(JsonSerializer.Deserialize<Dictionary<string, Mark>>(text) ?? [], StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // Somebody edited it: what is there now counts as the original.
            return new(StringComparer.Ordinal);
        }
    }

    private sealed record Mark([property: JsonPropertyName("original")] string Original, [property: JsonPropertyName("set")] string Set);
}
