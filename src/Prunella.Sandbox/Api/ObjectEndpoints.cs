using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Api.Protobuf;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Patching;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Schema;
using Prunella.Sandbox.Selectors;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>Get, list, create, update, patch and delete, for every kind.</summary>
internal sealed class ObjectEndpoints(ObjectRegistry registry, TimeProvider time)
{
    private ObjectStore Store => registry.Store;

    public async Task GetAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        var found = Store.Find(type, path.Namespace, path.Name!) ?? throw new ApiStatusException(ApiStatus.NotFound(type, path.Name!));
        await AnswerAsync(context, form, found, 200);
    }

    public async Task ListAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        var (labels, fields) = Selectors(context, type);
        var limit = context.QueryNumber("limit") ?? 0;
        var start = ContinueAt(context, type);
        CheckVersion(context, type);
        var all = Store.List(type, path.Namespace, out var version);
        var page = new List<StoredObject>();
        string? next = null;
        long? remaining = null;
        for (var index = 0; index < all.Count; index++)
        {
            var item = all[index];
            if (start is not null && string.CompareOrdinal(Key(item), start) <= 0) continue;
            if (!labels.Matches(item.Labels) || !fields.Matches(item.Namespace, item.Name, item.Image.Fields)) continue;
            if (limit > 0 && page.Count == limit)
            {
                next = Token(version, Key(page[^1]));
                if (labels.IsEmpty && fields.IsEmpty) remaining = all.Count - index;
                break;
            }

            page.Add(item);
        }

        var output = new ArrayBufferWriter<byte>(Math.Max(256, page.Count * 2048));
        form.WriteList(output, page, version, next, remaining);
        await context.WriteBytesAsync(200, output.WrittenMemory);
    }

    public static (LabelSelector Labels, FieldSelector Fields) Selectors(HttpContext context, ResourceType type) =>
        (LabelSelector.Parse(context.Query("labelSelector")), FieldSelector.Parse(context.Query("fieldSelector"), type));

    private static string Key(StoredObject item) => item.Namespace.Length > 0 ? item.Namespace + "/" + item.Name : item.Name;

    private static string Token(long version, string key) =>
        Convert.ToBase64String(JsonBody.Write(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = key })).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string? ContinueAt(HttpContext context, ResourceType type)
    {
        if (context.Query("continue") is not { Length: > 0 } token) return null;
        JsonNode? parsed;
        try
        {
            var padded = token.Replace('-', '+').Replace('_', '/');
            parsed = JsonBody.Parse(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '=')));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new ApiStatusException(ApiStatus.BadRequest("invalid continue token: continue key is not valid: " + e.Message));
        }

        if (parsed.Text("start") is not { } start || parsed.Number("rv") is not { } version)
            throw new ApiStatusException(ApiStatus.BadRequest("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"));
        if (version < Store.CompactedVersion(type))
            throw new ApiStatusException(ApiStatus.Expired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."));
        return start;
    }

    private void CheckVersion(HttpContext context, ResourceType type)
    {
        if (context.Query("resourceVersion") is not { Length: > 0 } text || text == "0") return;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var asked))
            throw new ApiStatusException(ApiStatus.BadRequest($"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"));
        if (asked > Store.Version)
            throw new ApiStatusException(new ApiStatus(504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {Store.Version}")
                { Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")], RetryAfterSeconds = 1 });
        if (context.Query("resourceVersionMatch") == "Exact" && asked < Store.CompactedVersion(type))
            throw new ApiStatusException(ApiStatus.Expired($"The resourceVersion for the provided list is too old. ({asked})"));
    }

    public async Task CreateAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        if (path.Name is not null) throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        var body = await ReadObjectAsync(context, path, type);
        var created = registry.Create(type, path.Namespace, body, Options(context, "CreateOptions"));
        await AnswerAsync(context, form, created, 201);
    }

    public async Task ReplaceAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        var body = await ReadObjectAsync(context, path, type);
        var updated = registry.Update(type, path.Namespace, path.Name!, _ => body, StatusOf(path), Options(context, "UpdateOptions"));
        await AnswerAsync(context, form, updated, 200);
    }

    private static string? StatusOf(ApiPath path) => path.Subresource;

    public async Task PatchAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var form = ObjectForm.Negotiate(context, type, path.ApiVersion, time);
        var media = MediaType(context);
        var bytes = await context.ReadBodyAsync();
        var options = Options(context, "PatchOptions");
        if (media == PatchBody.ApplyType)
        {
            if (string.IsNullOrEmpty(context.Query("fieldManager")))
                throw new ApiStatusException(ApiStatus.Invalid("meta.k8s.io", "PatchOptions", "", [StatusCause.Required("fieldManager", "is required for apply patch")]));
            var wanted = Decode(bytes, "application/yaml", type, path.ApiVersion, context);
            if (wanted.Name() is { Length: > 0 } named && named != path.Name)
                throw new ApiStatusException(ApiStatus.BadRequest($"the name of the object ({named}) does not match the name on the URL ({path.Name})"));
            if (wanted.At("metadata", "managedFields") is not null) throw new ApiStatusException(ApiStatus.BadRequest("metadata.managedFields must be nil"));
            if (Store.Find(type, path.Namespace, path.Name!) is null)
            {
                wanted.Ensure("metadata")["name"] = path.Name;
                await AnswerAsync(context, form, registry.Create(type, path.Namespace, wanted, options), 201);
                return;
            }

            var applied = registry.Update(type, path.Namespace, path.Name!, current =>
            {
                StrategicMergePatch.Apply(current, wanted, type.Schema);
                return current;
            }, StatusOf(path), options);
            await AnswerAsync(context, form, applied, 200);
            return;
        }

        var patched = registry.Update(type, path.Namespace, path.Name!, current =>
        {
            VersionConversion.FromStored(type, current, path.ApiVersion);
            var next = PatchBody.Apply(current, bytes, media, type);
            return Admit(next, type, path.ApiVersion, context);
        }, StatusOf(path), options);
        await AnswerAsync(context, form, patched, 200);
    }

    /// <summary>The content type without its parameters.</summary>
    public static string MediaType(HttpContext context)
    {
        var media = (context.Request.ContentType ?? "").Split(';')[0].Trim();
        return PatchBody.IsSupported(media) ? media : throw new ApiStatusException(ApiStatus.UnsupportedMediaType("415: Unsupported Media Type"));
    }

    public async Task DeleteAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var options = await DeleteOptionsAsync(context, type);
        var (left, gone) = registry.Delete(type, path.Namespace, path.Name!, options);
        if (gone && !type.ReturnsDeleted)
        {
            await context.WriteJsonAsync(200, ApiStatus.Deleted(type, left.Name, left.Uid));
            return;
        }

        await AnswerAsync(context, ObjectForm.Negotiate(context, type, path.ApiVersion, time), left, 200);
    }

    public async Task DeleteCollectionAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var (labels, fields) = Selectors(context, type);
        var options = await DeleteOptionsAsync(context, type);
        var deleted = new List<StoredObject>();
        foreach (var item in Store.List(type, path.Namespace))
        {
            if (!labels.Matches(item.Labels) || !fields.Matches(item.Namespace, item.Name, item.Image.Fields)) continue;
            try
            {
                deleted.Add(registry.Delete(type, item.Namespace, item.Name, options).Object);
            }
            catch (ApiStatusException e) when (e.Status.Code == 404)
            {
                // gone in the meantime: what was asked for
            }
        }

        var output = new ArrayBufferWriter<byte>();
        ObjectForm.Negotiate(context, type, path.ApiVersion, time).WriteList(output, deleted, Store.Version, null, null);
        await context.WriteBytesAsync(200, output.WrittenMemory);
    }

    private static async Task<DeleteOptions> DeleteOptionsAsync(HttpContext context, ResourceType type)
    {
        var bytes = await context.ReadBodyAsync();
        JsonNode? body = null;
        if (bytes.Length > 0)
        {
            try
            {
                body = ApiExchange.Parse(bytes, context.Request.ContentType);
            }
            catch (JsonException e)
            {
                throw new ApiStatusException(ApiStatus.BadRequest("couldn't get version/kind; json parse error: " + e.Message));
            }
        }

        var propagation = (body.Text("propagationPolicy") ?? context.Query("propagationPolicy")) switch
        {
            "Foreground" => Propagation.Foreground,
            "Orphan" => Propagation.Orphan,
            "Background" => Propagation.Background,
            null or "" => (body.Flag("orphanDependents") ?? (context.Query("orphanDependents") is { } orphan ? orphan == "true" : null)) switch
            {
                true => Propagation.Orphan,
                false => Propagation.Background,
                // Jobs keep the default of their first release: their pods are orphaned unless the client says otherwise.
                null => type == ResourceCatalogue.Jobs ? Propagation.Orphan : Propagation.Default,
            },
            var other => throw new ApiStatusException(ApiStatus.Invalid("meta.k8s.io", "DeleteOptions", "",
                [StatusCause.Unsupported("propagationPolicy", other, "Foreground", "Background", "Orphan", "nil")])),
        };
        return new DeleteOptions
        {
            DryRun = Options(context, "DeleteOptions").DryRun || body.Texts("dryRun").Contains("All"),
            GraceSeconds = body.Number("gracePeriodSeconds") ?? context.QueryNumber("gracePeriodSeconds"),
            Uid = body.Text("preconditions", "uid"), ResourceVersion = body.Text("preconditions", "resourceVersion"), Propagation = propagation,
        };
    }

    private static WriteOptions Options(HttpContext context, string kind)
    {
        var values = context.Request.Query["dryRun"];
        var refused = values.Where(value => value is not ("All" or "" or null)).ToArray();
        if (refused.Length > 0)
        {
            var shown = "[]string{" + string.Join(", ", refused.Select(value => "\"" + value + "\"")) + "}";
            throw new ApiStatusException(ApiStatus.Invalid("meta.k8s.io", kind, "",
                [new StatusCause("FieldValueNotSupported", $"Unsupported value: {shown}: supported values: \"All\"", "dryRun")]));
        }

        return new WriteOptions(values.Contains("All"));
    }

    private static async Task<JsonObject> ReadObjectAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var media = (context.Request.ContentType ?? "application/json").Split(';')[0].Trim();
        if (media is not ("application/json" or "application/yaml" or ProtobufBody.MediaType or ""))
            throw new ApiStatusException(new ApiStatus(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf"));
        return Decode(await context.ReadBodyAsync(), media, type, path.ApiVersion, context);
    }

    private static JsonObject Decode(byte[] bytes, string media, ResourceType type, string apiVersion, HttpContext context)
    {
        JsonNode? node;
        try
        {
            node = ApiExchange.Parse(bytes, media);
        }
        catch (JsonException e)
        {
            var shown = bytes.Length == 0 ? "<empty>" : Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 200)));
            throw new ApiStatusException(ApiStatus.BadRequest($"the object provided is unrecognized (must be of type {type.Kind}): couldn't get version/kind; json parse error: {e.Message} ({shown})"));
        }

        return Admit(node, type, apiVersion, context);
    }

    // From a client's tree to one of the stored version whose every field has the right type.
    private static JsonObject Admit(JsonNode? node, ResourceType type, string apiVersion, HttpContext context)
    {
        if (node is not JsonObject body)
            throw new ApiStatusException(ApiStatus.BadRequest($"the object provided is unrecognized (must be of type {type.Kind}): couldn't get version/kind; json parse error: json: cannot unmarshal {(node is JsonArray ? "array" : "value")} into Go value"));
        var kind = body.Text("kind");
        var version = body.Text("apiVersion");
        if ((!string.IsNullOrEmpty(kind) && kind != type.Kind) || (!string.IsNullOrEmpty(version) && version != apiVersion))
        {
            throw new ApiStatusException(ApiStatus.BadRequest(kind == type.Kind
                ? $"the API version in the data ({version}) does not match the expected API version ({apiVersion})"
                : $"{kind} in version \"{version}\" cannot be handled as a {type.Kind}: converting ({version}.{kind}) to ({apiVersion}.{type.Kind}): unknown conversion"));
        }

        VersionConversion.ToStored(type, body, apiVersion);
        var cleaning = new ObjectCleaning();
        if (cleaning.Clean(body, type.Schema) is { } why)
            throw new ApiStatusException(ApiStatus.BadRequest($"{type.Kind} in version \"{apiVersion.Split('/')[^1]}\" cannot be handled as a {type.Kind}: {why}"));
        if (cleaning.Unknown.Count == 0) return body;
        switch (context.Query("fieldValidation"))
        {
            case "Strict":
                throw new ApiStatusException(ApiStatus.BadRequest(
                    $"{type.Kind} in version \"{apiVersion.Split('/')[^1]}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", cleaning.Unknown.Select(field => $"unknown field \"{field}\""))}"));
            case "Warn":
                foreach (var field in cleaning.Unknown.Take(10)) context.Response.Headers.Append("Warning", $"299 - \"unknown field \\\"{Ascii(field)}\\\"\"");
                break;
        }

        return body;
    }

    private static string Ascii(string text) => string.Concat(text.Select(c => c is > ' ' and < (char)127 and not ('"' or '\\') ? c : '?'));

    private static async Task AnswerAsync(HttpContext context, ObjectForm form, StoredObject item, int code)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        form.Write(output, item.Image);
        await context.WriteBytesAsync(code, output.WrittenMemory);
    }
}
