using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>What workload controllers share: pods made from templates, and how a pod is judged.</summary>
internal static class PodFactory
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static JsonObject FromTemplate(StoredObject owner, JsonNode? template)
    {
        var metadata = template.Map("metadata")?.Copy() ?? [];
        metadata["namespace"] = owner.Namespace;
        metadata["ownerReferences"] = new JsonArray(OwnerReference(owner));
        return new JsonObject { ["metadata"] = metadata, ["spec"] = template.Map("spec")!.Copy() };
    }

    public static JsonObject OwnerReference(StoredObject owner) => new()
    {
        ["apiVersion"] = owner.Type.StoredApiVersion, ["kind"] = owner.Type.Kind, ["name"] = owner.Name, ["uid"] = owner.Uid, ["controller"] = true, ["blockOwnerDeletion"] = true,
    };

    public static bool IsControlledBy(JsonObject body, string uid) => body.Items("metadata", "ownerReferences").Any(owner => owner.Flag("controller") == true && owner.Text("uid") == uid);

    public static StoredObject? ControllerOf(ObjectStore store, StoredObject item)
    {
        var uid = item.Body.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller") == true).Text("uid");
        return uid is null ? null : store.FindUid(uid);
    }

    public static bool IsFinished(JsonObject pod) => pod.Text("status", "phase") is "Succeeded" or "Failed";

    public static bool IsActive(JsonObject pod) => !IsFinished(pod) && !pod.Deleting();

    public static bool IsReady(JsonObject pod) => Condition(pod, "Ready").Text("status") == "True";

    public static bool IsAvailable(JsonObject pod, long minReadySeconds, DateTimeOffset now, out DateTimeOffset? later)
    {
        later = null;
        var ready = Condition(pod, "Ready");
        if (ready.Text("status") != "True") return false;
        if (minReadySeconds == 0) return true;
        var since = (ready.Time("lastTransitionTime") ?? now).AddSeconds(minReadySeconds);
        if (since <= now) return true;
        later = since;
        return false;
    }

    public static JsonObject? Condition(JsonObject body, string type) => body.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>A stable short hash of a pod template, in the alphabet of generated names.</summary>
    public static string TemplateHash(JsonNode? template)
    {
        // FNV-1a over the canonical bytes: any stable 32-bit hash serves, nothing but this process reads it.
        var hash = 2166136261u;
        foreach (var b in JsonBody.Write(Sorted(template) ?? new JsonObject())) hash = (hash ^ b) * 16777619u;
        var decimals = hash.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return string.Concat(decimals.Select(digit => Alphabet[digit % 27]));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node.Copy(),
    };

    /// <summary>An absolute count, or a share of <paramref name="total"/>.</summary>
    public static int Resolve(JsonNode? value, int total, bool roundUp)
    {
        if (value.Number() is { } number) return (int)number;
        if (value.Text() is not { } text || !double.TryParse(text.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture, out var percent)) return 0;
        var share = percent * total / 100;
        return (int)(roundUp ? Math.Ceiling(share) : Math.Floor(share));
    }

    // Upstream's order of dispensability: unscheduled, then pending, then not ready, then the youngest.
    public static IEnumerable<StoredObject> MostDispensable(IEnumerable<StoredObject> pods) => pods
        .OrderBy(pod => string.IsNullOrEmpty(pod.Body.Text("spec", "nodeName")) ? 0 : 1)
        .ThenBy(pod => pod.Body.Text("status", "phase") switch { "Pending" => 0, "Unknown" => 1, _ => 2 })
        .ThenBy(pod => IsReady(pod.Body) ? 1 : 0)
        .ThenByDescending(pod => pod.Body.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0))
        .ThenByDescending(pod => pod.Body.Time("metadata", "creationTimestamp"))
        .ThenByDescending(pod => pod.Name, StringComparer.Ordinal);
}
