using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using k8s.Models;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Patching;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>The scale subresource of deployments, replica sets and stateful sets.</summary>
internal sealed class ScaleEndpoint(ObjectRegistry registry)
{
    public async Task HandleAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var current = registry.Store.Find(type, path.Namespace, path.Name!)
            ?? throw new ApiStatusException(new ApiStatus(404, "NotFound", $"{type.Plural}{(context.Request.Method == "PATCH" ? "" : "/scale")}.{type.Group} \"{path.Name}\" not found") { Name = path.Name, Group = type.Group, Kind = type.Plural + (context.Request.Method == "PATCH" ? "" : "/scale") });
        switch (context.Request.Method)
        {
            case "GET":
                await context.WriteJsonAsync(200, Of(current));
                return;
            case "PUT" or "PATCH":
                var media = context.Request.Method == "PATCH" ? ObjectEndpoints.MediaType(context) : "";
                var bytes = await context.ReadBodyAsync();
                var dryRun = context.Query("dryRun") == "All";
                var updated = registry.Update(type, path.Namespace, path.Name!, body => Change(type, body, bytes, media), "scale", new WriteOptions(dryRun));
                await context.WriteJsonAsync(200, Of(updated));
                return;
            default: throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        }
    }

    private static JsonObject Change(ResourceType type, JsonObject body, byte[] bytes, string media)
    {
        JsonNode? scale;
        try
        {
            scale = media.Length == 0 ? JsonBody.Parse(bytes) : PatchBody.Apply(Of(type, body), bytes, media, SchemaCatalogue.For(typeof(V1Scale)));
        }
        catch (JsonException e)
        {
            throw new ApiStatusException(ApiStatus.BadRequest("the object provided is unrecognized (must be of type Scale): couldn't get version/kind; json parse error: " + e.Message));
        }

        var replicas = scale.At("spec", "replicas") is null ? 0 : scale.Number("spec", "replicas") ?? throw new ApiStatusException(ApiStatus.BadRequest("Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.replicas of type int32"));
        if (replicas < 0) throw new ApiStatusException(ApiStatus.Invalid("autoscaling", "Scale", body.Name(), [MetadataRules.NotNegative("spec.replicas", replicas)]));
        var metadata = body.Ensure("metadata");
        if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version) metadata["resourceVersion"] = version;
        if (scale.Uid() is { Length: > 0 } uid) metadata["uid"] = uid;
        if (scale.Name() is { Length: > 0 } name) metadata["name"] = name;
        body.Ensure("spec")["replicas"] = replicas;
        return body;
    }

    private static JsonObject Of(StoredObject item) => Of(item.Type, item.Body);

    private static JsonObject Of(ResourceType type, JsonObject body)
    {
        var metadata = new JsonObject();
        foreach (var key in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]) metadata.Put(key, body.At("metadata", key).Copy());
        var labels = body.TextMap("spec", "selector", "matchLabels");
        var spec = new JsonObject();
        if (body.Number("spec", "replicas") is > 0 and { } replicas) spec["replicas"] = replicas;
        return new JsonObject
        {
            ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec,
            ["status"] = new JsonObject
            {
                ["replicas"] = body.Number("status", "replicas") ?? 0,
                ["selector"] = string.Join(",", labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "=" + pair.Value)),
            },
        };
    }
}
