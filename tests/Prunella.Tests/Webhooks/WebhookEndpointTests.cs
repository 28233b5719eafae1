using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Prunella.Auth;
using Prunella.Webhooks;

namespace Prunella.Tests.Webhooks;

public sealed class WebhookEndpointTests
{
    private const string Token = "a-webhook-token-of-some-length";
    private const string Key = "a-signing-key-of-some-length";
    private static readonly KeyValuePair<string, string?>[] Secrets = [new("webhooks:bearerTokens:0", Token), new("webhooks:signingKeys:0", Key)];
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_WithToken_AcceptsOnceAndKnowsTheRedelivery()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        using var sender = server.WithToken(Token);

        (await PostAsync(sender, AlertmanagerParserTests.Sample)).ShouldBe((HttpStatusCode.OK, new Receipt(2, 2)));
        // More often than failures are allowed: a sender that is known is never throttled.
        for (var index = 0; index < 15; index++) (await PostAsync(sender, AlertmanagerParserTests.Sample)).ShouldBe((HttpStatusCode.OK, new Receipt(2, 0)));
        (await server.Store.PendingSignalsAsync(10, Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Post_WithAStoredWebhookToken_IsAcceptedAndAPersonsTokenIsNot()
    {
        await using var server = await RunningServer.StartAsync();
        var tokens = server.Services.GetRequiredService<TokenBook>();
        using var sender = server.WithToken((await tokens.CreateAsync("alertmanager", role: null, null, "test", Cancellation))!);
        using var admin = await server.AsAsync(Prunella.Remediation.Approvals.Role.Admin);

        (await PostAsync(sender, AlertmanagerParserTests.Sample)).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(admin, AlertmanagerParserTests.Sample)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public async Task Post_Signed_HoldsWithinTheWindowOnly(int offsetSeconds, bool accepted)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var server = await RunningServer.StartAsync(Secrets, time: time);

        var response = await SignedAsync(server, Key, time.GetUtcNow().AddSeconds(offsetSeconds), AlertmanagerParserTests.Sample);

        response.StatusCode.ShouldBe(accepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        (await server.Store.PendingSignalsAsync(10, Cancellation)).Count.ShouldBe(accepted ? 2 : 0);
    }

    [Fact]
    public async Task Post_SignedWithAnotherKeyOrForAnotherBody_IsRefused()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        var now = TimeProvider.System.GetUtcNow();

        (await SignedAsync(server, "another-key-of-some-length", now, AlertmanagerParserTests.Sample)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignedAsync(server, Key, now, AlertmanagerParserTests.Sample, signed: "{}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.Store.PendingSignalsAsync(10, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_WithoutToken_IsRefusedAndThrottledAfterTenFailures()
    {
        await using var server = await RunningServer.StartAsync(Secrets);

        for (var index = 0; index < 10; index++) (await PostAsync(server.Anonymous, "{}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(server.Anonymous, "{}")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        using var late = server.WithToken(Token);
        (await PostAsync(late, AlertmanagerParserTests.Sample)).Status.ShouldBe(HttpStatusCode.TooManyRequests, "the address has to wait, whatever it brings");
    }

    [Fact]
    public async Task Post_Malformed_Is400WithThePath()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        using var sender = server.WithToken(Token);

        var response = await sender.PostAsync("/webhooks/alertmanager", Json("""{"alerts":[{"labels":{"severity":3}}]}"""), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        problem.GetProperty("path").GetString().ShouldBe("$.alerts[0].labels.severity");
        problem.GetProperty("detail").GetString()!.ShouldContain("expected a string, found a number");
    }

    [Fact]
    public async Task Post_TooLarge_Is413WithAndWithoutALength()
    {
        await using var server = await RunningServer.StartAsync([.. Secrets, new("webhooks:bodyBytesMax", "65536")]);
        using var sender = server.WithToken(Token);
        var large = "{\"x\":\"" + new string('x', 70_000) + "\",\"alerts\":[]}";

        (await PostAsync(sender, large)).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/webhooks/alertmanager") { Content = Json(large) };
        chunked.Headers.TransferEncodingChunked = true;
        (await sender.SendAsync(chunked, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Post_LargerThanTheApiTakes_IsAccepted()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        using var sender = server.WithToken(Token);
        var body = "{\"alerts\":[" + string.Join(',', Enumerable.Range(0, 10_000).Select(index =>
            $$"""{"status":"firing","labels":{"alertname":"A","pod":"p-{{index}}","pad":"{{new string('x', 400)}}"},"startsAt":"2026-03-01T11:58:00Z"}""")) + "]}";
        body.Length.ShouldBeGreaterThan(4_000_000);

        (await PostAsync(sender, body)).ShouldBe((HttpStatusCode.OK, new Receipt(10_000, 10_000)));
    }

    [Fact]
    public async Task Post_StoreAway_Is503AndSaysWhenToComeBack()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        using var sender = server.WithToken(Token);
        server.Store.Away = true;

        var response = await sender.PostAsync("/webhooks/alertmanager", Json(AlertmanagerParserTests.Sample), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        server.Store.Away = false;
        (await PostAsync(sender, AlertmanagerParserTests.Sample)).ShouldBe((HttpStatusCode.OK, new Receipt(2, 2)));
    }

    [Fact]
    public async Task Post_QueueFull_Is503AndNothingIsAccepted()
    {
        await using var server = await RunningServer.StartAsync([.. Secrets, new("remediation:engine:pendingSignalsMax", "100")]);
        using var sender = server.WithToken(Token);
        static string Batch(int from) => "{\"alerts\":[" + string.Join(',', Enumerable.Range(from, 60).Select(index =>
            $$"""{"status":"firing","labels":{"alertname":"A","pod":"p-{{index}}"},"startsAt":"2026-03-01T11:58:00Z"}""")) + "]}";

        (await PostAsync(sender, Batch(0))).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(sender, Batch(60))).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await server.Store.CountPendingSignalsAsync(Cancellation)).ShouldBe(60);
    }

    [Fact]
    public async Task Post_NotJson_Is415()
    {
        await using var server = await RunningServer.StartAsync(Secrets);
        using var sender = server.WithToken(Token);

        (await sender.PostAsync("/webhooks/generic", new StringContent("name=A"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    private static async Task<HttpResponseMessage> SignedAsync(RunningServer server, string key, DateTimeOffset at, string body, string? signed = null)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/alertmanager") { Content = Json(body) };
        request.Headers.Add(WebhookGuard.TimestampHeader, timestamp);
        request.Headers.Add(WebhookGuard.SignatureHeader, WebhookGuard.Sign(key, timestamp, Encoding.UTF8.GetBytes(signed ?? body)));
        return await server.Anonymous.SendAsync(request, Cancellation);
    }

    private static async Task<(HttpStatusCode Status, Receipt? Receipt)> PostAsync(HttpClient client, string body)
    {
        var response = await client.PostAsync("/webhooks/alertmanager", Json(body), Cancellation);
        return (response.StatusCode, response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<Receipt>(Cancellation) : null);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
