using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Api;

/// <summary>Sends each request to what answers it, and turns every failure into a Status body.</summary>
internal sealed partial class ApiRouter(
    ObjectEndpoints objects, WatchEndpoint watches, ScaleEndpoint scales, PodEndpoints pods, ProxyEndpoint proxy, MetricsEndpoint metrics, ILogger logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (ApiStatusException e)
        {
            await context.WriteStatusAsync(e.Status);
        }
        catch (JsonException e)
        {
            await context.WriteStatusAsync(ApiStatus.BadRequest(e.Message));
        }
        catch (BadHttpRequestException e)
        {
            await context.WriteStatusAsync(new ApiStatus(e.StatusCode, e.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", e.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the client left
        }
#pragma warning disable CA1031 // the top of the request
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailure(e, context.Request.Method, context.Request.Path);
            await context.WriteStatusAsync(ApiStatus.Internal(e.Message));
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.Length > 1) path = path.TrimEnd('/');
        if (ApiPath.TryParse(path, out var parsed))
        {
            await RouteResourceAsync(context, parsed);
            return;
        }

        switch (path)
        {
            case "/healthz" or "/readyz" or "/livez":
                await context.WriteTextAsync(200, "ok");
                return;
            case "/openapi/v2":
                await context.WriteBytesAsync(200, OpenApiEndpoint.EmptyVersion2.ToArray(), "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
                return;
            case "/openapi/v3":
                await context.WriteJsonAsync(200, OpenApiEndpoint.Index());
                return;
            case "/":
                await context.WriteJsonAsync(200, new JsonObject { ["paths"] = new JsonArray("/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version") });
                return;
        }

        var answer = path.StartsWith("/openapi/v3/", StringComparison.Ordinal) ? OpenApiEndpoint.Document(path["/openapi/v3/".Length..]) : DiscoveryEndpoint.Answer(path);
        if (answer is not null) await context.WriteJsonAsync(200, answer);
        else if (path.StartsWith("/api/", StringComparison.Ordinal)) throw new ApiStatusException(ApiStatus.NoSuchResource());
        else await context.WriteTextAsync(404, "404 page not found\n");
    }

    private async Task RouteResourceAsync(HttpContext context, ApiPath path)
    {
        if (path.Group == "authorization.k8s.io")
        {
            await ReviewEndpoint.AnswerAsync(context, path);
            return;
        }

        if (path.Group == "metrics.k8s.io")
        {
            await metrics.AnswerAsync(context, path);
            return;
        }

        if (path is { Group: "", Plural: "bindings" }) throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        var type = path.Type ?? throw new ApiStatusException(ApiStatus.NoSuchResource());
        if (type.Namespaced != path.Namespace.Length > 0 && (path.Name is not null || path.Namespace.Length > 0 || context.Request.Method is "POST" or "DELETE"))
            throw new ApiStatusException(path.Namespace.Length == 0 && path.Name is null ? ApiStatus.MethodNotAllowed() : ApiStatus.NoSuchResource());
        if (path.Subresource is { } subresource && subresource != "status")
        {
            await RouteSubresourceAsync(context, path, type, subresource);
            return;
        }

        if (path.Subresource == "status" && !type.HasStatus) throw new ApiStatusException(ApiStatus.NoSuchResource());
        switch (context.Request.Method, path.Name)
        {
            case ("GET" or "HEAD", null) when context.QueryFlag("watch") && context.Query("watch") is not null:
                await watches.WatchAsync(context, path, type);
                return;
            case ("GET", { } name) when context.QueryFlag("watch") && context.Query("watch") is not null:
                await watches.WatchAsync(context, path, type, name);
                return;
            case ("GET" or "HEAD", null):
                await objects.ListAsync(context, path, type);
                return;
            case ("GET" or "HEAD", _):
                await objects.GetAsync(context, path, type);
                return;
            case ("POST", null):
                await objects.CreateAsync(context, path, type);
                return;
            case ("PUT", not null):
                await objects.ReplaceAsync(context, path, type);
                return;
            case ("PATCH", not null):
                await objects.PatchAsync(context, path, type);
                return;
            case ("DELETE", null):
                await objects.DeleteCollectionAsync(context, path, type);
                return;
            case ("DELETE", not null) when path.Subresource is null:
                await objects.DeleteAsync(context, path, type);
                return;
            default: throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        }
    }

    private Task RouteSubresourceAsync(HttpContext context, ApiPath path, ResourceType type, string subresource)
    {
        if (subresource == "proxy" && (type == ResourceCatalogue.Pods || type == ResourceCatalogue.Services)) return proxy.AnswerAsync(context, path, type);
        if (subresource == "scale" && type.HasScale) return scales.HandleAsync(context, path, type);
        if (subresource == "finalize" && type == ResourceCatalogue.Namespaces && context.Request.Method == "PUT") return objects.ReplaceAsync(context, path, type);
        if (type == ResourceCatalogue.Pods)
        {
            switch (context.Request.Method, subresource)
            {
                case ("GET", "log"): return pods.LogAsync(context, path);
                case ("POST", "eviction"): return pods.EvictAsync(context, path);
                case ("POST", "binding"): return pods.BindAsync(context, path);
                case ("GET" or "POST", "exec" or "attach" or "portforward"): return pods.RefuseStreamAsync(context, path);
                case (_, "log" or "eviction" or "binding" or "exec" or "attach" or "portforward"): throw new ApiStatusException(ApiStatus.MethodNotAllowed());
            }
        }

        throw new ApiStatusException(ApiStatus.NoSuchResource());
    }

    [LoggerMessage(7010, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailure(Exception e, string method, string path);
}
