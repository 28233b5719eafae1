using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Api;

/// <summary>Requests to simulated applications through <c>…/services/NAME/proxy/PATH</c> and <c>…/pods/NAME/proxy/PATH</c>.</summary>
internal sealed class ProxyEndpoint(ObjectStore store, Func<ResourceType, string, string, string, string, ProcessAnswer?> ask)
{
    public async Task AnswerAsync(HttpContext context, ApiPath path, ResourceType type)
    {
        var parts = path.Name!.Split(':');
        var name = parts.Length == 3 ? parts[1] : parts[0];
        if (store.Find(type, path.Namespace, name) is null) throw new ApiStatusException(ApiStatus.NotFound(type, name));
        await context.ReadBodyAsync(); // bounded, and left unread by simulated applications
        ProcessAnswer? answer;
        lock (store.Gate) answer = ask(type, path.Namespace, name, context.Request.Method, "/" + path.Rest);
        if (answer is null) throw new ApiStatusException(new ApiStatus(404, "NotFound", $"the application behind {type.Plural} \"{name}\" does not answer /{path.Rest}") { HasDetails = true });
        if (answer.Code == 0) throw new ApiStatusException(new ApiStatus(503, "ServiceUnavailable", $"no endpoints available for service \"{name}\""));
        await context.WriteTextAsync(answer.Code, answer.Body);
    }
}
