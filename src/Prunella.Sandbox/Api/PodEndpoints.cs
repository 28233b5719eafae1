using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Kubelet;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>A pod's subresources besides status: log, eviction, binding; exec, attach and port-forward are refused.</summary>
internal sealed class PodEndpoints(ObjectRegistry registry, ContainerLogs logs, CancellationToken stopping)
{
    private const int LogLinesPollMax = 4096;

    public async Task LogAsync(HttpContext context, ApiPath path)
    {
        var tail = context.QueryNumber("tailLines");
        if (tail < 0) throw new ApiStatusException(ApiStatus.Invalid("", "PodLogOptions", path.Name!, [MetadataRules.NotNegative("tailLines", tail.Value)]));
        var sinceSeconds = context.QueryNumber("sinceSeconds");
        if (sinceSeconds < 1) throw new ApiStatusException(ApiStatus.Invalid("", "PodLogOptions", path.Name!, [StatusCause.Invalid("sinceSeconds", $"{sinceSeconds}", "must be greater than 0")]));
        var pod = Find(path);
        var container = Container(context, pod);
        var previous = context.QueryFlag("previous") && context.Query("previous") is not null;
        var book = Book(pod, container, previous);
        var since = sinceSeconds is { } seconds ? registry.Now().AddSeconds(-seconds) : context.Query("sinceTime") is { } at && DateTimeOffset.TryParse(at, out var parsed) ? parsed : (DateTimeOffset?)null;
        var timestamps = context.QueryFlag("timestamps") && context.Query("timestamps") is not null;
        var limitBytes = context.QueryNumber("limitBytes") ?? long.MaxValue;

        context.Response.ContentType = "text/plain";
        var (lines, next) = book.Read(0, since, tail);
        var text = Format(lines, timestamps);
        if (text.Length > limitBytes) text = text[..(int)limitBytes];
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
        if (context.QueryFlag("follow") && context.Query("follow") is not null && !previous) await FollowAsync(context, book, next, timestamps);
    }

    private async Task FollowAsync(HttpContext context, LogBook book, long next, bool timestamps)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await context.Response.Body.FlushAsync(ending.Token);
            while (!book.IsClosed || book.Count > next)
            {
                await book.WaitAsync(next, ending.Token);
                var (lines, at) = book.Read(next, null, LogLinesPollMax);
                next = at;
                await context.Response.Body.WriteAsync(Format(lines, timestamps), ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the follower left
        }
    }

    private static byte[] Format(IReadOnlyList<LogLine> lines, bool timestamps)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (timestamps) text.Append(line.Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", System.Globalization.CultureInfo.InvariantCulture));
            text.Append(line.Text).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private StoredObject Find(ApiPath path) =>
        registry.Store.Find(ResourceCatalogue.Pods, path.Namespace, path.Name!) ?? throw new ApiStatusException(ApiStatus.NotFound(ResourceCatalogue.Pods, path.Name!));

    private static string Container(HttpContext context, StoredObject pod)
    {
        var names = pod.Body.Items("spec", "containers").Select(container => container.Text("name") ?? "").ToArray();
        var init = pod.Body.Items("spec", "initContainers").Select(container => container.Text("name") ?? "").ToArray();
        if (context.Query("container") is { Length: > 0 } asked)
            return names.Contains(asked) || init.Contains(asked) ? asked : throw new ApiStatusException(ApiStatus.BadRequest($"container {asked} is not valid for pod {pod.Name}"));
        if (names.Length == 1) return names[0];
        var choices = init.Length > 0 ? $" or one of the init containers: [{string.Join(' ', init)}]" : "";
        throw new ApiStatusException(ApiStatus.BadRequest($"a container name must be specified for pod {pod.Name}, choose one of: [{string.Join(' ', names)}]{choices}"));
    }

    private LogBook Book(StoredObject pod, string container, bool previous)
    {
        if (string.IsNullOrEmpty(pod.Body.Text("spec", "nodeName"))) throw new ApiStatusException(ApiStatus.BadRequest($"pod {pod.Name} does not have a host assigned"));
        var status = pod.Body.Items("status", "containerStatuses").Concat(pod.Body.Items("status", "initContainerStatuses")).FirstOrDefault(each => each.Text("name") == container);
        // Between two runs the one that just ended is the previous one; while one runs, it is the one before.
        var betweenRuns = status.At("state", "waiting") is not null && status.At("lastState", "terminated") is not null;
        var found = logs.Find(pod.Uid, container, previous && !betweenRuns);
        if (found is not null) return found;
        if (previous) throw new ApiStatusException(ApiStatus.BadRequest($"previous terminated container \"{container}\" in pod \"{pod.Name}\" not found"));
        var waiting = status.Text("state", "waiting", "reason");
        throw new ApiStatusException(ApiStatus.BadRequest(waiting switch
        {
            "ErrImagePull" or "ImagePullBackOff" => $"container \"{container}\" in pod \"{pod.Name}\" is waiting to start: trying and failing to pull image",
            null => $"container \"{container}\" in pod \"{pod.Name}\" is not available",
            _ => $"container \"{container}\" in pod \"{pod.Name}\" is waiting to start: {waiting}",
        }));
    }

    public async Task EvictAsync(HttpContext context, ApiPath path)
    {
        JsonNode? body;
        try
        {
            body = ApiExchange.Parse(await context.ReadBodyAsync(), context.Request.ContentType);
        }
        catch (JsonException e)
        {
            throw new ApiStatusException(ApiStatus.BadRequest("the object provided is unrecognized (must be of type Eviction): couldn't get version/kind; json parse error: " + e.Message));
        }

        if (body.Text("apiVersion") is { } version and not ("policy/v1" or "policy/v1beta1"))
            throw new ApiStatusException(ApiStatus.BadRequest($"Eviction in version \"{version}\" cannot be handled as a Eviction: no kind \"Eviction\" is registered for version \"{version}\""));
        if (body.Name() is { Length: > 0 } name && name != path.Name) throw new ApiStatusException(ApiStatus.BadRequest("name in URL does not match name in Eviction object"));
        var options = new DeleteOptions
        {
            DryRun = context.Query("dryRun") == "All" || body.Texts("deleteOptions", "dryRun").Contains("All"), GraceSeconds = body.Number("deleteOptions", "gracePeriodSeconds"),
            Uid = body.Text("deleteOptions", "preconditions", "uid"), ResourceVersion = body.Text("deleteOptions", "preconditions", "resourceVersion"),
        };
        Eviction.Evict(registry, path.Namespace, path.Name!, options);
        await context.WriteJsonAsync(201, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 });
    }

    public async Task BindAsync(HttpContext context, ApiPath path)
    {
        var body = JsonBody.Parse(await context.ReadBodyAsync());
        var node = body.Text("target", "name") ?? throw new ApiStatusException(ApiStatus.Invalid("", "Binding", path.Name!, [StatusCause.Required("target.name")]));
        PodBinding.Bind(registry, Find(path), node);
        await context.WriteJsonAsync(201, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 });
    }

    public Task RefuseStreamAsync(HttpContext context, ApiPath path)
    {
        var pod = Find(path);
        return context.WriteStatusAsync(new ApiStatus(501, "NotImplemented", $"{path.Subresource} is not supported by the sandbox: containers of pod {pod.Name} are simulated and have no process to talk to") { Name = pod.Name, Kind = "pods" });
    }
}
