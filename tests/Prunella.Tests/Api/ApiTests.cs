using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Api;
using Prunella.Commands;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Telemetry;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Api;

public sealed class ApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenApi_DescribesEveryEndpointOfTheApiWithItsRole()
    {
        await using var server = await RunningServer.StartAsync();

        var document = await server.Anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancellation);

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.");
        var paths = document.GetProperty("paths");
        paths.GetProperty("/api/v1/approvals/{id}/decision").GetProperty("post").GetProperty("description").GetString().ShouldBe("Needs the role Approver or above.");
        paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.GetProperty("operationId").GetString()).ShouldBeUnique();
        paths.EnumerateObject().Count(path => path.Name.StartsWith("/api/v1", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Decision_WithAnOldVersion_Is412AndDecidesNothing()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await CommandTests.AskedAsync(server);
        using var approver = await server.AsAsync(Role.Approver);

        using var stale = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/approvals/{id}/decision") { Content = JsonContent.Create(new DecisionRequest(true, "x")) };
        stale.Headers.IfMatch.Add(new EntityTagHeaderValue("\"7\""));
        (await approver.SendAsync(stale, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);

        var tag = (await approver.GetAsync($"/api/v1/approvals/{id}", Cancellation)).Headers.ETag!;
        using var fresh = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/approvals/{id}/decision") { Content = JsonContent.Create(new DecisionRequest(true, "x")) };
        fresh.Headers.IfMatch.Add(tag);
        (await approver.SendAsync(fresh, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Decision_RepeatedWithTheSameKey_IsAnsweredAsTheFirstTime()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await CommandTests.AskedAsync(server);
        using var approver = await server.AsAsync(Role.Approver);
        async Task<HttpResponseMessage> PostAsync(bool approve)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/approvals/{id}/decision") { Content = JsonContent.Create(new DecisionRequest(approve, "x")) };
            request.Headers.Add("Idempotency-Key", "k-1");
            return await approver.SendAsync(request, Cancellation);
        }

        var first = await PostAsync(approve: true);
        var second = await PostAsync(approve: true);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Content.ReadAsStringAsync(Cancellation)).ShouldBe(await first.Content.ReadAsStringAsync(Cancellation));
        (await PostAsync(approve: false)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Decision_WithoutReason_Is400()
    {
        await using var server = await RunningServer.StartAsync();
        var id = await CommandTests.AskedAsync(server);
        using var approver = await server.AsAsync(Role.Approver);

        var response = await approver.PostAsJsonAsync($"/api/v1/approvals/{id}/decision", new DecisionRequest(true, " "), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Report_RepeatedWithTheSameKey_MakesOneSignal()
    {
        await using var server = await RunningServer.StartAsync();
        using var person = await server.AsAsync(Role.Operator);
        for (var index = 0; index < 3; index++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/incidents") { Content = JsonContent.Create(new ReportRequest("Deployment", "shop", "api", "slow", null, null)) };
            request.Headers.Add("Idempotency-Key", "report-1");
            (await person.SendAsync(request, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }
        (await server.Store.CountPendingSignalsAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task Events_AreStreamedAsTheyHappenAndEndWithTheServer()
    {
        var server = await RunningServer.StartAsync();
        using var viewer = await server.AsAsync(Role.Viewer);
        using var connection = new ServerConnection(server.Address, viewer.DefaultRequestHeaders.Authorization!.Parameter);
        var seen = new List<EventView>();
        var greeted = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var item in connection.EventsAsync<EventView?>("api/v1/events", Cancellation))
            {
                greeted.TrySetResult();
                if (item is not null) seen.Add(item);
                if (seen.Count == 1) return;
            }
        }, Cancellation);

        await greeted.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        server.Services.GetRequiredService<IncidentFeed>().Publish(new IncidentEvent(TimeProvider.System.GetUtcNow(), null, new Target("default", "shop", "Deployment", "api"), IncidentEventKind.Noticed, "it burns"));
        await reading.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await server.DisposeAsync();

        var told = seen.ShouldHaveSingleItem();
        (told.Kind, told.Text, told.Target!.Name).ShouldBe((IncidentEventKind.Noticed, "it burns", "api"));
    }

    [Fact]
    public async Task Metrics_HaveTheNamesOfTheDashboards()
    {
        await using var server = await RunningServer.StartAsync([new("auth:anonymousMetrics", "true"), new("webhooks:bearerTokens:0", "a-token-of-some-length")]);
        using var sender = server.WithToken("a-token-of-some-length");
        await sender.PostAsync("/webhooks/generic", JsonContent.Create(new { name = "A" }), Cancellation);

        var text = await server.Anonymous.GetStringAsync("/metrics", Cancellation);

        text.ShouldContain("prunella_signals_total{");
        text.ShouldContain("result=\"accepted\"");
        text.ShouldContain("prunella_pending_signals");
    }

    [Fact]
    public async Task Metrics_TellDurationsBelowASecondApart()
    {
        await using var server = await RunningServer.StartAsync([new("auth:anonymousMetrics", "true")]);
        using var meter = new Meter(ServerMeter.Name);
        meter.CreateHistogram<double>("prunella.example.duration", "s").Record(0.3);

        var text = await server.Anonymous.GetStringAsync("/metrics", Cancellation);

        text.ShouldContain("prunella_example_duration_seconds_bucket{le=\"0.25\"} 0");
        text.ShouldContain("prunella_example_duration_seconds_bucket{le=\"0.5\"} 1");
        text.ShouldContain("prunella_example_duration_seconds_bucket{le=\"3600\"} 1");
    }

    [Fact]
    public async Task Page_ComesWithAStrictPolicyAndLoadsNothingFromElsewhere()
    {
        await using var server = await RunningServer.StartAsync();

        var response = await server.Anonymous.GetAsync("/sign-in", Cancellation);
        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        foreach (var path in new[] { "/sign-in", "/console/console.css", "/console/console.js" })
            (await server.Anonymous.GetStringAsync(path, Cancellation)).ShouldNotMatch("(https?:)?//[a-z]+\\.");
    }

    [Fact]
    public async Task Demo_RefusesForeignHostsAndOrigins()
    {
        await using var server = await RunningServer.StartAsync(settings: new Prunella.Hosting.ServeSettings { Demo = true, WithoutEngine = true });

        (await server.Anonymous.GetAsync("/api/v1/status", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status") { Headers = { Host = "evil.example" } };
        (await server.Anonymous.SendAsync(rebound, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status");
        foreign.Headers.Add("Origin", "https://evil.example");
        (await server.Anonymous.SendAsync(foreign, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
