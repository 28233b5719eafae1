using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Registry;

/// <summary>What a namespace uses of the resources a quota names, and what one more object would add.</summary>
internal static class QuotaUsage
{
    public static Dictionary<string, decimal> Of(ObjectStore store, string ns, JsonObject hard)
    {
        var used = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var types = ResourceCatalogue.All.Where(type => type.Namespaced && hard.Any(pair => Counts(type, pair.Key))).ToArray();
        foreach (var type in types)
        {
            foreach (var each in store.List(type, ns))
            {
                foreach (var (name, _) in hard) used[name] = used.GetValueOrDefault(name) + Ask(type, each.Body, name);
            }
        }

        return used;
    }

    public static decimal Ask(ResourceType type, JsonObject body, string name)
    {
        if (!Counts(type, name)) return 0;
        if (name.StartsWith("count/", StringComparison.Ordinal) || name == type.Plural)
            return type == ResourceCatalogue.Pods && body.Text("status", "phase") is "Succeeded" or "Failed" ? 0 : 1;
        if (type == ResourceCatalogue.Claims) return Quantity.Of(body.At("spec", "resources", "requests", "storage"));
        if (body.Text("status", "phase") is "Succeeded" or "Failed") return 0;
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (list, resource) = dot < 0 ? ("requests", name) : (name[..dot], name[(dot + 1)..]);
        return body.Items("spec", "containers").Sum(container => Quantity.Of(container.At("resources", list, resource)));
    }

    private static bool Counts(ResourceType type, string name) => name switch
    {
        "cpu" or "memory" or "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory" => type == ResourceCatalogue.Pods,
        "requests.storage" => type == ResourceCatalogue.Claims,
        _ => name == type.Plural || name == "count/" + type.Qualified,
    };
}
