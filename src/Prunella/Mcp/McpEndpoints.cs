using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Prunella.Api;
using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Webhooks;

namespace Prunella.Mcp;

/// <summary>The door's address: who may knock, how often, and with how much.</summary>
internal static class McpEndpoints
{
    internal const string Path = "/mcp";

    internal static IServiceCollection AddMcpDoor(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<McpOptions>(configuration.GetSection(McpOptions.Section));
        return services.AddSingleton<LazyDoor>();
    }

    internal static void MapMcpDoor(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<IOptions<McpOptions>>().Value.Enabled) return;
        endpoints.MapPost(Path, (HttpContext context, LazyDoor door) => door.ServeAsync(context)).Needs(Role.Viewer).ExcludeFromDescription();
        // Nothing is sent that was not asked for, so there is nothing to listen to.
        endpoints.MapGet(Path, (HttpContext context) =>
        {
            context.Response.Headers.Allow = "POST";
            return Results.Problem(statusCode: 405, title: "Only POST is answered here");
        }).Needs(Role.Viewer).ExcludeFromDescription();
    }
}

/// <summary>Makes the door when somebody first comes through the checks before it. Thread-safe.</summary>
internal sealed class LazyDoor(IServiceProvider services, IOptions<McpOptions> options)
{
    private readonly Lock gate = new();
    private McpDoor? door;

    internal async Task ServeAsync(HttpContext context)
    {
        // A page of another site, or one that a name was bent to: what speaks this protocol sends no Origin, or this host's.
        if (SessionAuthentication.IsForeign(context.Request))
        {
            await Results.Problem(statusCode: 403, title: "The request came from another site").ExecuteAsync(context);
            return;
        }
        using var body = await BoundedBody.ReadAsync(context.Request, options.Value.RequestBytesMax);
        if (body is null)
        {
            await Results.Problem(statusCode: 413, title: "The request is too large", detail: $"At most {options.Value.RequestBytesMax} bytes are read (mcp:requestBytesMax).").ExecuteAsync(context);
            return;
        }
        await ThroughAsync(context, body);
    }

    // By itself, so that what it names is loaded only when it runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task ThroughAsync(HttpContext context, BoundedBody body)
    {
        McpDoor opened;
        lock (gate) opened = door ??= new McpDoor(services);
        if (!opened.TryEnter(context.Person().Name))
        {
            context.Response.Headers.RetryAfter = "60";
            await Results.Problem(statusCode: 429, title: "Too many requests", detail: $"A token may ask {options.Value.RequestsPerMinuteMax} times a minute (mcp:requestsPerMinuteMax).").ExecuteAsync(context);
            return;
        }
        using var read = new MemoryStream(body.Memory.ToArray(), writable: false);
        context.Request.Body = read;
        await opened.ServeAsync(context);
    }
}
