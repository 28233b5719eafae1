using System.Text.Json.Nodes;
using Prunella.Incidents;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// A fingerprint of what people and tools decide about an object: its specification, data and growth marks. Status,
/// versions and bookkeeping move all the time and are left out, and so are replicas where an action does not concern
/// them, because autoscalers move them.
/// </summary>
internal static class ObjectDigest
{
    internal static string Of(JsonObject source, bool withReplicas)
    {
        var parts = new List<string>();
        if (source["kind"]?.GetValue<string>() == "Node")
        {
            // Controllers keep writing a node's taints and addresses; only the cordon is decided by people.
            parts.Add((source["spec"] as JsonObject)?["unschedulable"]?.ToJsonString() ?? "false");
            return Fingerprint.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts));
        }
        foreach (var (key, value) in source.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (key is "apiVersion" or "kind" or "metadata" or "status" || value is null) continue;
            var part = value.DeepClone();
            if (key == "spec" && !withReplicas && part is JsonObject spec) spec.Remove("replicas");
            parts.Add(key);
            parts.Add(Canonical(part));
        }
        var annotations = (source["metadata"] as JsonObject)?["annotations"] as JsonObject ?? [];
        foreach (var (key, value) in annotations.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!key.StartsWith(Marks.OriginalPrefix, StringComparison.Ordinal)) continue;
            parts.Add(key);
            parts.Add(value?.ToJsonString() ?? "");
        }
        return Fingerprint.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts));
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject item => "{" + string.Join(',', item.Where(entry => entry.Value is not null).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{System.Text.Json.JsonSerializer.Serialize(entry.Key)}:{Canonical(entry.Value)}")) + "}",
        JsonArray array => "[" + string.Join(',', array.Select(Canonical)) + "]",
        null => "null",
        _ => node.ToJsonString(),
    };
}
