using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Patching;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;

namespace Prunella.Sandbox.Registry;

/// <summary>Creates or merges the objects of a YAML manifest.</summary>
internal static class ManifestApply
{
    public static void Apply(ObjectRegistry registry, string manifests)
    {
        IReadOnlyList<JsonNode> documents;
        try
        {
            documents = YamlBody.Parse(manifests);
        }
        catch (JsonException e)
        {
            throw new SandboxException("the manifest is no YAML: " + e.Message, e);
        }

        foreach (var document in documents)
        {
            if (document is not JsonObject body) throw new SandboxException("a manifest document must be an object");
            if (body.Text("kind")?.EndsWith("List", StringComparison.Ordinal) == true && body.List("items") is not null)
            {
                foreach (var item in body.Items("items")) ApplyOne(registry, item.Copy());
            }
            else ApplyOne(registry, body);
        }
    }

    private static void ApplyOne(ObjectRegistry registry, JsonObject body)
    {
        var apiVersion = body.Text("apiVersion");
        var what = $"{body.Text("kind")} '{body.Name()}' ({apiVersion})";
        var type = ResourceCatalogue.FindKind(apiVersion, body.Text("kind")) ?? throw new SandboxException($"the sandbox serves no {what}");
        VersionConversion.ToStored(type, body, apiVersion!);
        var cleaning = new ObjectCleaning();
        if (cleaning.Clean(body, type.Schema) is { } why) throw new SandboxException($"{what}: {why}");
        if (cleaning.Unknown.Count > 0) throw new SandboxException($"{what}: unknown field {string.Join(", ", cleaning.Unknown)}");
        var ns = type.Namespaced ? body.Namespace() is { Length: > 0 } named ? named : "default" : "";
        try
        {
            lock (registry.Store.Gate)
            {
                if (registry.Store.Find(type, ns, body.Name()) is null) registry.Create(type, ns, body);
                else
                {
                    registry.Update(type, ns, body.Name(), current =>
                    {
                        StrategicMergePatch.Apply(current, body, type.Schema);
                        return current;
                    });
                }
            }
        }
        catch (ApiStatusException e)
        {
            throw new SandboxException($"{what}: {e.Status.Message}", e);
        }
    }
}
