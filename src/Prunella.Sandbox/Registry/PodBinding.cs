using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>Gives a pod its node, once.</summary>
internal static class PodBinding
{
    /// <exception cref="ApiStatusException">409 when the pod has a node already or is being deleted.</exception>
    public static void Bind(ObjectRegistry registry, StoredObject pod, string node)
    {
        lock (registry.Store.Gate)
        {
            var current = registry.Store.Find(pod.Type, pod.Namespace, pod.Name);
            if (current is null || current.Uid != pod.Uid) throw new ApiStatusException(ApiStatus.NotFound(pod.Type, pod.Name));
            if (current.Body.Deleting()) throw new ApiStatusException(ApiStatus.Conflict(pod.Type, pod.Name, $"pod {pod.Name} is being deleted, cannot be assigned to a host"));
            if (current.Body.Text("spec", "nodeName") is { Length: > 0 } bound)
                throw new ApiStatusException(ApiStatus.Conflict(pod.Type, pod.Name, $"pod {pod.Name} is already assigned to node \"{bound}\""));
            var body = current.Body.Copy();
            body.Ensure("spec")["nodeName"] = node;
            PodConditions.Set(body, "PodScheduled", true, null, null, registry.Now());
            registry.Store.Put(pod.Type, body);
        }
    }
}

/// <summary>Writes conditions into a pod-like status; the transition time moves only when the status flips.</summary>
internal static class PodConditions
{
    public static void Set(JsonObject body, string type, bool holds, string? reason, string? message, DateTimeOffset now) =>
        Set(body, type, holds ? "True" : "False", reason, message, now);

    public static void Set(JsonObject body, string type, string status, string? reason, string? message, DateTimeOffset now)
    {
        var conditions = body.Ensure("status").EnsureList("conditions");
        var condition = conditions.OfType<JsonObject>().FirstOrDefault(each => each.Text("type") == type);
        if (condition is null) conditions.Add(condition = new JsonObject { ["type"] = type });
        if (condition.Text("status") != status) condition["lastTransitionTime"] = now.Stamp();
        condition["status"] = status;
        condition.Put("reason", reason);
        condition.Put("message", message);
    }
}
