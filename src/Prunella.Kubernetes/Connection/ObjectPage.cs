using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Prunella.Kubernetes.Connection;

/// <summary>One page of a list, whatever the items are.</summary>
internal sealed class ObjectPage<T>
{
    [JsonPropertyName("metadata")] public PageMetadata? Metadata { get; set; }

    [JsonPropertyName("items")] public List<T>? Items { get; set; }
}

/// <summary>Where the next page begins.</summary>
internal sealed class PageMetadata
{
    [JsonPropertyName("continue")] public string? Continue { get; set; }

    [JsonPropertyName("resourceVersion")] public string? ResourceVersion { get; set; }
}

/// <summary>The parts of the API's <c>Status</c> that are acted on.</summary>
internal sealed record ApiStatus(string Reason, string Message, IReadOnlyList<string> Causes)
{
    private static readonly ApiStatus None = new("", "", []);

    internal bool HasCause(string reason) => Causes.Contains(reason);

    /// <summary>Reads a <c>Status</c>; anything else (a proxy's HTML, an empty body) gives empty fields.</summary>
    internal static ApiStatus Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject status) return None;
            var causes = (status["details"] as JsonObject)?["causes"] as JsonArray;
            return new ApiStatus(Text(status["reason"]), Text(status["message"]), [.. causes?.Select(cause => Text((cause as JsonObject)?["reason"])) ?? []]);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
