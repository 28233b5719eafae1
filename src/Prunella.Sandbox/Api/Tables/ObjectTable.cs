using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api.Tables;

/// <summary>One column: priority 0 always shows, 1 only in wide output.</summary>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell, int Priority = 0, string Type = "string");

/// <summary>Server-side printing: what <c>kubectl get</c> shows.</summary>
internal static class ObjectTable
{
    public static JsonObject Of(
        ResourceType type, IReadOnlyList<JsonObject> bodies, string includeObject, long version, string? next, long? remaining, DateTimeOffset now, bool withColumns)
    {
        var columns = TableColumns.For(type);
        var rows = new JsonArray();
        foreach (var body in bodies)
        {
            var cells = new JsonArray();
            foreach (var column in columns) cells.Add(column.Cell(body, now));
            var row = new JsonObject { ["cells"] = cells };
            if (includeObject == "Object") row["object"] = body.Copy();
            else if (includeObject != "None") row["object"] = MetadataOf(body);
            rows.Add(row);
        }

        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (next is not null) metadata["continue"] = next;
        if (remaining is not null) metadata["remainingItemCount"] = remaining;
        var definitions = new JsonArray();
        if (withColumns)
        {
            foreach (var column in columns)
            {
                definitions.Add(new JsonObject
                {
                    ["name"] = column.Name, ["type"] = column.Type, ["format"] = column.Name == "Name" ? "name" : "",
                    ["description"] = "", ["priority"] = column.Priority,
                });
            }
        }

        return new JsonObject
        {
            ["kind"] = "Table", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? definitions : null, ["rows"] = rows,
        };
    }

    public static JsonObject MetadataOf(JsonObject body) => new()
    {
        ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = body["metadata"].Copy(),
    };

    /// <summary>An age as kubectl writes it: two units at most, coarser as it grows.</summary>
    public static string Age(DateTimeOffset? since, DateTimeOffset now) => since is { } start ? Duration(now - start) : "<unknown>";

    public static string Duration(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1) return "<invalid>";
        if (seconds < 0) return "0s";
        if (seconds < 120) return $"{seconds}s";
        var minutes = seconds / 60;
        if (minutes < 10) return seconds % 60 == 0 ? $"{minutes}m" : $"{minutes}m{seconds % 60}s";
        if (minutes < 180) return $"{minutes}m";
        var hours = minutes / 60;
        if (hours < 8) return minutes % 60 == 0 ? $"{hours}h" : $"{hours}h{minutes % 60}m";
        if (hours < 48) return $"{hours}h";
        var days = hours / 24;
        if (hours < 192) return hours % 24 == 0 ? $"{days}d" : $"{days}d{hours % 24}h";
        if (days < 730) return $"{days}d";
        return days < 2920 && days % 365 != 0 ? $"{days / 365}y{days % 365}d" : $"{days / 365}y";
    }
}
