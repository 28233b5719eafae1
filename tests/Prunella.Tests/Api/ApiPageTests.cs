using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;

namespace Prunella.Tests.Api;

public sealed class ApiPageTests
{
    [Fact]
    public async Task ApiPage_IsCurrent()
    {
        await using var server = await RunningServer.StartAsync();
        GeneratedPage.ShouldBeCurrent("api.md", Write(server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()));
    }

    private static string Write(IEnumerable<RouteEndpoint> endpoints)
    {
        var page = new StringBuilder("""
            # The HTTP API

            The command line uses it and nothing else; the console reads and decides through the same parts. `GET /openapi/v1.json` is its exact description: every field, every
            answer. People authenticate with `Authorization: Bearer TOKEN`; tokens are made by `prunella token create NAME --role ROLE`, and a role
            holds what the ones below it hold: viewer, approver, operator, admin. Problems are answered as RFC 9457 describes
            (`application/problem+json`: status, title, and a detail that says what to do). Lists are cut into pages: `?limit=`, and the `next` of the
            answer as `?before=`. A decision takes `If-Match` with the ETag that was read, so that nobody decides on what has changed; a post takes an
            `Idempotency-Key`, so that it may be repeated.

            | method | path | needs | what it does |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var endpoint in endpoints.OrderBy(one => one.RoutePattern.RawText, StringComparer.Ordinal).ThenBy(Method, StringComparer.Ordinal))
        {
            if (endpoint.RoutePattern.RawText?.StartsWith("/api/", StringComparison.Ordinal) != true) continue;
            var summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary;
            summary.ShouldNotBeNullOrEmpty($"{endpoint.RoutePattern.RawText} says nothing of itself");
            page.Append(CultureInfo.InvariantCulture, $"| {Method(endpoint)} | `{endpoint.RoutePattern.RawText}` | {endpoint.Metadata.GetMetadata<Access>()?.Role?.ToString().ToLowerInvariant() ?? "nothing"} | {summary.TrimEnd('.')} |\n");
        }
        return page.ToString();
    }

    private static string Method(RouteEndpoint endpoint) => string.Join(", ", endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
}
