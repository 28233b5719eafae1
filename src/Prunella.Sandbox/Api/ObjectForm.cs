using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Api.Tables;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>The shape a client wants objects in: the plain object in some version, a table, or metadata only.</summary>
internal sealed class ObjectForm
{
    private enum Shape { Plain, Table, Metadata }

    private readonly Shape shape;
    private readonly string includeObject;
    private readonly byte[] prefix;
    private readonly TimeProvider time;

    private ObjectForm(ResourceType type, string apiVersion, Shape shape, string includeObject, TimeProvider time)
    {
        Type = type;
        ApiVersion = apiVersion;
        this.shape = shape;
        this.includeObject = includeObject;
        this.time = time;
        prefix = Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{apiVersion}\",");
    }

    public ResourceType Type { get; }
    public string ApiVersion { get; }

    /// <exception cref="ApiStatusException">406 when nothing acceptable can be served.</exception>
    public static ObjectForm Negotiate(HttpContext context, ResourceType type, string apiVersion, TimeProvider time)
    {
        var include = context.Query("includeObject") ?? "Metadata";
        var accept = context.Request.Headers.Accept.ToString();
        if (accept.Length == 0) return new ObjectForm(type, apiVersion, Shape.Plain, include, time);
        foreach (var part in accept.Split(','))
        {
            var parameters = part.Split(';');
            var media = parameters[0].Trim();
            if (media is not ("application/json" or "*/*" or "application/*" or "application/yaml")) continue;
            var view = parameters.Skip(1).Select(parameter => parameter.Trim()).FirstOrDefault(parameter => parameter.StartsWith("as=", StringComparison.Ordinal));
            switch (view?[3..])
            {
                case null: return new ObjectForm(type, apiVersion, Shape.Plain, include, time);
                case "Table": return new ObjectForm(type, apiVersion, Shape.Table, include, time);
                case "PartialObjectMetadata" or "PartialObjectMetadataList": return new ObjectForm(type, apiVersion, Shape.Metadata, include, time);
                default: continue;
            }
        }

        throw new ApiStatusException(new ApiStatus(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml"));
    }

    private bool NeedsTree => shape != Shape.Plain || ((Type == ResourceCatalogue.Autoscalers || Type == ResourceCatalogue.Events) && ApiVersion != Type.StoredApiVersion);

    private JsonObject Tree(ObjectImage image)
    {
        var body = (JsonObject)JsonBody.Parse(image.Utf8)!;
        body["kind"] = Type.Kind;
        VersionConversion.FromStored(Type, body, ApiVersion);
        return body;
    }

    /// <summary>One object, as the body of an answer or of a watch event.</summary>
    public void Write(IBufferWriter<byte> output, ObjectImage image, bool withColumns = true)
    {
        if (!NeedsTree)
        {
            output.Write(prefix);
            output.Write(image.Utf8.AsSpan(1));
            return;
        }

        var body = Tree(image);
        output.Write(JsonBody.Write(shape switch
        {
            Shape.Table => ObjectTable.Of(Type, [body], includeObject, image.Version, null, null, time.GetUtcNow(), withColumns),
            Shape.Metadata => ObjectTable.MetadataOf(body),
            _ => body,
        }));
    }

    /// <summary>A list, with its version and, when cut short, how to go on.</summary>
    public void WriteList(IBufferWriter<byte> output, IReadOnlyList<StoredObject> items, long version, string? next, long? remaining)
    {
        // 2 000 pods × 3 KB: one copy of bytes already there, no tree built unless a table or another version is asked for.
        if (shape == Shape.Table)
        {
            var rows = items.Select(item => Type.StoredApiVersion == ApiVersion ? item.Body : Tree(item.Image)).ToArray();
            output.Write(JsonBody.Write(ObjectTable.Of(Type, rows, includeObject, version, next, remaining, time.GetUtcNow(), withColumns: true)));
            return;
        }

        var kind = shape == Shape.Metadata ? "PartialObjectMetadataList" : Type.Kind + "List";
        var apiVersion = shape == Shape.Metadata ? "meta.k8s.io/v1" : ApiVersion;
        var head = new StringBuilder().Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\"");
        if (next is not null) head.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"continue\":\"{next}\"");
        if (remaining is not null) head.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"remainingItemCount\":{remaining}");
        head.Append("},\"items\":[");
        output.Write(Encoding.UTF8.GetBytes(head.ToString()));
        for (var index = 0; index < items.Count; index++)
        {
            if (index > 0) output.Write(","u8);
            if (!NeedsTree) output.Write(items[index].Image.Utf8);
            else if (shape == Shape.Metadata) output.Write(JsonBody.Write(ObjectTable.MetadataOf(items[index].Body)));
            else output.Write(JsonBody.WriteUntyped(Tree(items[index].Image)));
        }

        output.Write("]}"u8);
    }
}
