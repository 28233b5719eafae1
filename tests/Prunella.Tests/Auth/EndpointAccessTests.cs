using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Tests.Auth;

/// <summary>Walks every endpoint that the server has, so that a new one cannot be forgotten here.</summary>
public sealed class EndpointAccessTests
{
    private static readonly string[] Open = ["/healthz", "/readyz", "/sign-in", "/sign-out", "/console/console.css", "/console/console.js", "/console/mark.svg", "/_framework/blazor.web.js", "/openapi/{documentName}.json"];
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryEndpoint_SaysWhoMayUseIt()
    {
        await using var server = await RunningServer.StartAsync();

        foreach (var endpoint in EndpointsOf(server))
            endpoint.Metadata.OfType<Access>().Count().ShouldBe(1, $"{endpoint.RoutePattern.RawText} has to call Needs(…) exactly once");
    }

    [Fact]
    public async Task Anonymous_SeesHealthAndThePageOnly()
    {
        await using var server = await RunningServer.StartAsync([new("auth:failuresPerMinuteMax", "10000")]);

        foreach (var (method, path, endpoint) in RequestsOf(server))
        {
            using var response = await SendAsync(server.Anonymous, method, path);
            if (Open.Contains(endpoint.RoutePattern.RawText)) response.StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            else response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }
    }

    [Fact]
    public async Task Anonymous_SeesMetricsOnlyWhenAllowed()
    {
        await using var server = await RunningServer.StartAsync([new("auth:anonymousMetrics", "true")]);

        (await server.Anonymous.GetAsync("/metrics", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task EachRole_ReachesWhatItIsForAndNoMore()
    {
        await using var server = await RunningServer.StartAsync();

        foreach (var role in Enum.GetValues<Role>())
        {
            using var client = await server.AsAsync(role);
            foreach (var (method, path, endpoint) in RequestsOf(server).Where(request => !request.Path.StartsWith("/api/v1/events", StringComparison.Ordinal)))
            {
                if (endpoint.Metadata.GetMetadata<Access>()!.Role is not { } needed) continue;
                using var response = await SendAsync(client, method, path);
                if (role >= needed) response.StatusCode.ShouldNotBe(HttpStatusCode.Forbidden, $"{role}: {method} {path}");
                else response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{role}: {method} {path}");
            }
        }
    }

    [Fact]
    public async Task Token_OpensNoPageOfTheConsole()
    {
        await using var server = await RunningServer.StartAsync();
        using var admin = server.WithToken((await server.Services.GetRequiredService<TokenBook>().CreateAsync("admin", Role.Admin, null, "test", Cancellation))!);
        var walked = 0;

        foreach (var (method, path, _) in RequestsOf(server).Where(request => ReferenceEquals(request.Endpoint.Metadata.GetMetadata<Access>(), Access.Console)))
        {
            using var response = await SendAsync(admin, method, path);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            walked++;
        }
        walked.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task WebhookToken_OpensNothingElse()
    {
        await using var server = await RunningServer.StartAsync();
        using var sender = server.WithToken((await server.Services.GetRequiredService<TokenBook>().CreateAsync("am", role: null, null, "test", Cancellation))!);

        (await sender.GetAsync("/api/v1/status", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    internal static IEnumerable<RouteEndpoint> EndpointsOf(RunningServer server) =>
        server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static IEnumerable<(string Method, string Path, RouteEndpoint Endpoint)> RequestsOf(RunningServer server)
    {
        foreach (var endpoint in EndpointsOf(server))
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]) yield return (method, PathOf(endpoint), endpoint);
    }

    /// <summary>An address that the endpoint answers.</summary>
    internal static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart { Name: "documentName" } => "v1",
        _ => "none",
    }))));

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not ("GET" or "DELETE")) request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
