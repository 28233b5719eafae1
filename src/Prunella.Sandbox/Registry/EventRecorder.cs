using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>Writes events; the same event of the same object again raises its count, as upstream's correlator does.</summary>
internal sealed class EventRecorder(ObjectRegistry registry)
{
    /// <summary>Time an event is kept; upstream's API server default.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Dictionary<(string Uid, string Reason, string Message, string Source), string> recent = [];
    private int number;

    public void Warn(StoredObject about, string reason, string message, string component, string? host = null, string? fieldPath = null) =>
        Record(about, "Warning", reason, message, component, host, fieldPath);

    public void Tell(StoredObject about, string reason, string message, string component, string? host = null, string? fieldPath = null) =>
        Record(about, "Normal", reason, message, component, host, fieldPath);

    private void Record(StoredObject about, string type, string reason, string message, string component, string? host, string? fieldPath)
    {
        var now = registry.Now();
        var ns = about.Namespace.Length > 0 ? about.Namespace : "default";
        var key = (about.Uid, reason, message, component + host + fieldPath);
        if (recent.TryGetValue(key, out var name) && registry.Store.Find(ResourceCatalogue.Events, ns, name) is { } known)
        {
            registry.Change(known, body =>
            {
                body["count"] = (body.Number("count") ?? 1) + 1;
                body["lastTimestamp"] = now.Stamp();
            });
            return;
        }

        name = $"{about.Name}.{(now.ToUnixTimeMilliseconds() * 4096) + (++number & 0xFFF):x}";
        var involved = new JsonObject
        {
            ["kind"] = about.Type.Kind, ["name"] = about.Name, ["uid"] = about.Uid, ["apiVersion"] = about.Type.StoredApiVersion,
            ["resourceVersion"] = about.Version.ToString(CultureInfo.InvariantCulture),
        };
        if (about.Namespace.Length > 0) involved["namespace"] = about.Namespace;
        involved.Put("fieldPath", fieldPath);
        var source = new JsonObject { ["component"] = component };
        source.Put("host", host);
        try
        {
            registry.Create(ResourceCatalogue.Events, ns, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name }, ["involvedObject"] = involved, ["reason"] = reason, ["message"] = message, ["source"] = source,
                ["firstTimestamp"] = now.Stamp(), ["lastTimestamp"] = now.Stamp(), ["count"] = 1L, ["type"] = type,
            });
            recent[key] = name;
        }
        catch (ApiStatusException)
        {
            // a namespace on its way out takes no more events; upstream's recorder drops them too
        }
    }

    /// <summary>Drops what has outlived its time.</summary>
    public void Expire()
    {
        var limit = registry.Now() - Lifetime;
        foreach (var item in registry.Store.List(ResourceCatalogue.Events))
        {
            if ((item.Body.Time("lastTimestamp") ?? item.Body.Time("metadata", "creationTimestamp")) < limit) registry.Store.Remove(item);
        }

        var left = registry.Store.List(ResourceCatalogue.Events).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, name) in recent.ToArray())
        {
            if (!left.Contains(name)) recent.Remove(key);
        }
    }
}
