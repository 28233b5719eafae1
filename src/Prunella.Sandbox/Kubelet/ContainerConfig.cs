using System.Text;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Kubelet;

/// <summary>Resolves what a container needs from config maps and secrets, or says in the kubelet's words what is missing.</summary>
internal static class ContainerConfig
{
    /// <summary>The environment, or the reason why the container cannot be created.</summary>
    public static (Dictionary<string, string> Environment, string? Error) Environment(ObjectStore store, JsonObject pod, JsonObject container)
    {
        var ns = pod.Namespace();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOSTNAME"] = pod.Name(), ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1" };
        foreach (var from in container.Items("envFrom"))
        {
            foreach (var (field, type) in Sources)
            {
                if (from.Map(field + "Ref") is not { } reference) continue;
                var name = reference.Text("name") ?? "";
                if (store.Find(type, ns, name) is not { } source)
                {
                    if (reference.Flag("optional") == true) continue;
                    return (environment, $"{type.Singular} \"{name}\" not found");
                }

                foreach (var (key, value) in Data(source)) environment[(from.Text("prefix") ?? "") + key] = value;
            }
        }

        foreach (var variable in container.Items("env"))
        {
            var name = variable.Text("name") ?? "";
            if (variable.Text("value") is { } value)
            {
                environment[name] = Expand(value, environment);
                continue;
            }

            foreach (var (field, type) in Sources)
            {
                if (variable.Map("valueFrom", field + "KeyRef") is not { } reference) continue;
                var source = reference.Text("name") ?? "";
                var key = reference.Text("key") ?? "";
                var optional = reference.Flag("optional") == true;
                if (store.Find(type, ns, source) is not { } found)
                {
                    if (!optional) return (environment, $"{type.Singular} \"{source}\" not found");
                }
                else if (Data(found).TryGetValue(key, out var text)) environment[name] = text;
                else if (!optional) return (environment, $"couldn't find key {key} in {type.Kind} {ns}/{source}");
            }

            if (variable.Text("valueFrom", "fieldRef", "fieldPath") is { } path) environment[name] = pod.At(path.Split('.')).Text() ?? "";
        }

        return (environment, null);
    }

    private static readonly (string Field, ResourceType Type)[] Sources = [("configMap", ResourceCatalogue.ConfigMaps), ("secret", ResourceCatalogue.Secrets)];

    private static Dictionary<string, string> Data(StoredObject source)
    {
        var data = source.Body.TextMap("data");
        if (source.Type != ResourceCatalogue.Secrets) return data;
        return data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)), StringComparer.Ordinal);
    }

    private static string Expand(string value, Dictionary<string, string> environment)
    {
        if (!value.Contains("$(", StringComparison.Ordinal)) return value;
        foreach (var (name, text) in environment.ToArray()) value = value.Replace("$(" + name + ")", text, StringComparison.Ordinal);
        return value;
    }

    /// <summary>Why a volume cannot be mounted, or null when all can: the volume's name and the reason.</summary>
    public static (string Volume, string Reason)? MissingVolume(ObjectStore store, JsonObject pod)
    {
        var ns = pod.Namespace();
        foreach (var volume in pod.Items("spec", "volumes"))
        {
            var name = volume.Text("name") ?? "";
            if (volume.Map("configMap") is { } map && Missing(store, ResourceCatalogue.ConfigMaps, ns, map.Text("name"), map) is { } noMap) return (name, noMap);
            if (volume.Map("secret") is { } secret && Missing(store, ResourceCatalogue.Secrets, ns, secret.Text("secretName"), secret) is { } noSecret) return (name, noSecret);
        }

        return null;
    }

    private static string? Missing(ObjectStore store, ResourceType type, string ns, string? name, JsonObject reference)
    {
        if (reference.Flag("optional") == true) return null;
        if (store.Find(type, ns, name ?? "") is not { } source) return $"{type.Singular} \"{name}\" not found";
        var absent = reference.Items("items").Select(item => item.Text("key") ?? "").FirstOrDefault(key => source.Body.At("data", key) is null);
        return absent is null ? null : $"{type.Singular} references non-existent {(type == ResourceCatalogue.Secrets ? "secret" : "config")} key: {absent}";
    }
}
