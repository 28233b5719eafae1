using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Cdn;
using Prunella.Integrations.Http;
using Prunella.Integrations.Tests.Http;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Tests.Webhook;

public sealed class HttpDriverTests
{
    private const string Key = "0123456789abcdef";
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CallWebhook_SendsASignedBodyWithTheExecutionAsKey()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            (request.Method, request.Path).ShouldBe(("POST", "/hook"));
            request.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
            request.Headers["x-api-key"].ShouldBe("k");
            request.Headers["idempotency-key"].ShouldBe(Proposals.Execution(1).ToString());
            request.Headers["x-prunella-timestamp"].ShouldBe("1773457200");
            request.Headers["x-prunella-signature"].ShouldBe(HttpSignature.Sign(Key, "1773457200", Encoding.UTF8.GetBytes(request.Body)));
            var body = JsonDocument.Parse(request.Body).RootElement;
            body.GetProperty("action").GetString().ShouldBe("call-webhook");
            body.GetProperty("parameters").GetProperty("note").GetString().ShouldBe("it's \"on\"\n");
            body.GetProperty("target").GetProperty("name").GetString().ShouldBe("api");
            return new ScriptedReply(202, "{}");
        });
        using var driver = new CallWebhookDriver(Options(server, endpoint => endpoint.Headers["X-Api-Key"] = "k"), new FakeTimeProvider(Now));
        var plan = await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", "main"), ("note", "it's \"on\"\n")), Cancellation);
        plan.Blockers.ShouldBeEmpty();
        plan.Diff.ShouldStartWith($"POST {server.Url}hook");
        plan.Diff.ShouldNotContain(Key);
        (await driver.ExecuteAsync(plan.Stored(), Proposals.Execution(1), Cancellation)).ShouldBe(new Effect(EffectKind.Applied, "webhook main accepted it"));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void Sign_IsTheHmacOfTimestampStopAndBody() =>
        // echo -n '1.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
        HttpSignature.Sign(Key, "1", "{}"u8).ShouldBe("v1=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), "1.{}"u8)));

    [Theory]
    [InlineData(400, false, EffectKind.Rejected, 1)]
    [InlineData(302, false, EffectKind.Rejected, 1)]
    [InlineData(429, false, EffectKind.Rejected, 1)]
    [InlineData(500, false, EffectKind.Unknown, 1)]
    [InlineData(503, false, EffectKind.Unknown, 1)]
    [InlineData(408, false, EffectKind.Unknown, 1)]
    [InlineData(503, true, EffectKind.Unknown, 3)]
    [InlineData(429, true, EffectKind.Rejected, 3)]
    [InlineData(500, true, EffectKind.Unknown, 1)]
    public async Task Execute_WhatIsNoSuccess_IsToldApartAndRepeatedOnlyWhenSafe(int status, bool idempotent, EffectKind kind, int requests)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, "no\u0007"));
        var effect = await CallAsync(server, endpoint => endpoint.Idempotent = idempotent);
        effect.Kind.ShouldBe(kind, effect.Text);
        effect.Text.ShouldNotContain("\u0007");
        server.Requests.Count.ShouldBe(requests);
        server.Requests.Select(request => request.Headers["idempotency-key"]).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_AnAnswerThatIsLost_IsUnknown(bool hangup)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, "") { Hangup = hangup, Silent = !hangup });
        (await CallAsync(server, endpoint => endpoint.Timeout = TimeSpan.FromSeconds(hangup ? 30 : 0.5))).Kind.ShouldBe(EffectKind.Unknown);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_NobodyListening_IsRejectedBecauseNothingArrived()
    {
        using var driver = new CallWebhookDriver(new HookOptions { Hooks = { ["main"] = new HttpEndpointOptions { Url = new Uri("http://127.0.0.1:1/") } } }, TimeProvider.System);
        var plan = await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", "main")), Cancellation);
        (await driver.ExecuteAsync(plan, Proposals.Execution(1), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
    }

    [Theory]
    [InlineData(200, ObservationKind.Applied)]
    [InlineData(404, ObservationKind.NotApplied)]
    [InlineData(500, ObservationKind.Unknown)]
    public async Task Observe_AsksTheReceiverWhereItCanTell(int status, ObservationKind kind)
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            (request.Method, request.Path).ShouldBe(("GET", $"/done/{Proposals.Execution(7)}"));
            return new ScriptedReply(status, "");
        });
        using var driver = new CallWebhookDriver(Options(server, endpoint => endpoint.StatusUrl = $"{server.Url}done/{{execution}}"), TimeProvider.System);
        var plan = await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", "main")), Cancellation);
        (await driver.ObserveAsync(plan, Proposals.Execution(7), Cancellation)).Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task Observe_WithoutAStatusAddress_IsHonestlyUnknown()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, ""));
        using var driver = new CallWebhookDriver(Options(server), TimeProvider.System);
        var plan = await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", "main")), Cancellation);
        (await driver.ObserveAsync(plan, Proposals.Execution(7), Cancellation)).Kind.ShouldBe(ObservationKind.Unknown);
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://169.254.169.254/")]
    [InlineData("")]
    [InlineData("other")]
    public async Task Plan_AnAddressInPlaceOfAName_IsBlocked(string hook)
    {
        using var driver = new CallWebhookDriver(new HookOptions { Hooks = { ["main"] = new HttpEndpointOptions { Url = new Uri("http://127.0.0.1:1/") } } }, TimeProvider.System);
        var plan = await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", hook)), Cancellation);
        plan.Blockers.ShouldHaveSingleItem().ShouldContain("configured are main");
        await Should.ThrowAsync<ActionFailedException>(() => driver.ExecuteAsync(plan, Proposals.Execution(1), Cancellation));
    }

    [Fact]
    public async Task ClearCacheAndRotatePool_AreDrivenByMethodAndName()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(204, ""));
        var options = new HookOptions { Caches = { ["shop"] = Endpoint(server, "clear") }, Pools = { ["api"] = Endpoint(server, "rotate") } };
        using var cache = new HttpCacheDriver(options, TimeProvider.System);
        using var pool = new HttpPoolDriver(options, TimeProvider.System);
        cache.Drives(Proposals.Of("clear-cache", "shop")).ShouldBeTrue();
        cache.Drives(Proposals.Of("clear-cache", "other")).ShouldBeFalse();
        pool.Drives(Proposals.Of("rotate-connection-pool", "api")).ShouldBeFalse();
        var rotate = Proposals.Of("rotate-connection-pool", "api", ("method", "http"));
        pool.Drives(rotate).ShouldBeTrue();
        (await pool.ExecuteAsync(await pool.PlanAsync(rotate, Cancellation), Proposals.Execution(1), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        (await cache.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "*")), Cancellation)).Blockers.ShouldNotBeEmpty();
        var clear = Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*"));
        (await cache.ExecuteAsync(await cache.PlanAsync(clear, Cancellation), Proposals.Execution(2), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        server.Requests.Select(request => request.Path).ShouldBe(["/rotate", "/clear"]);
    }

    [Fact]
    public async Task FlushCdn_PurgesEachPathAtTheConfiguredAddressUnderThePublicHost()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            request.Method.ShouldBe("PURGE");
            request.Headers["authorization"].ShouldBe("Bearer t");
            return new ScriptedReply(200, "");
        });
        using var driver = Cdn(new CdnEndpointOptions { Endpoint = new HttpEndpointOptions { Url = server.Url, Method = "PURGE", Credentials = new HttpCredentials { BearerToken = "t" } }, Hosts = { "www.shop.example", "img.shop.example" } });
        var plan = await driver.PlanAsync(Proposals.Of("flush-cdn-cache", "x", ("paths", "/catalog/1?a=b, https://img.shop.example/2.png")), Cancellation);
        plan.Blockers.ShouldBeEmpty();
        (await driver.ExecuteAsync(plan.Stored(), Proposals.Execution(1), Cancellation)).Text.ShouldBe("CDN main accepted all 2 calls");
        server.Requests.Select(request => (request.Headers["host"], request.Path)).ShouldBe([("www.shop.example", "/catalog/1"), ("img.shop.example", "/2.png")]);
        server.Requests.Select(request => request.Headers["idempotency-key"]).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task FlushCdn_InJson_NamesFilesOrEverything()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, "{}"));
        using var driver = Cdn(new CdnEndpointOptions { Endpoint = new HttpEndpointOptions { Url = server.Url }, Style = PurgeStyle.Json, Hosts = { "www.shop.example" }, AllowEverything = true });
        foreach (var (name, value) in new[] { ("paths", "/a b,/c"), ("everything", "true") })
            (await driver.ExecuteAsync(await driver.PlanAsync(Proposals.Of("flush-cdn-cache", "x", (name, value)), Cancellation), Proposals.Execution(1), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        server.Requests.Select(request => request.Body).ShouldBe(["""{"files":["https://www.shop.example/a%20b","https://www.shop.example/c"]}""", """{"purge_everything":true}"""]);
    }

    [Theory]
    [InlineData("paths", "https://evil.example/x")]
    [InlineData("paths", "//evil.example/x")]
    [InlineData("paths", "/\\evil.example")]
    [InlineData("paths", "https://www.shop.example@evil.example/x")]
    [InlineData("paths", "ftp://www.shop.example/x")]
    [InlineData("paths", "")]
    [InlineData("everything", "true")]
    public async Task FlushCdn_AnotherHostOrEverything_IsBlocked(string name, string value)
    {
        using var driver = Cdn(new CdnEndpointOptions { Endpoint = new HttpEndpointOptions { Url = new Uri("http://127.0.0.1:1/"), Method = "PURGE" }, Hosts = { "www.shop.example" } });
        (await driver.PlanAsync(Proposals.Of("flush-cdn-cache", "x", (name, value)), Cancellation)).Blockers.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Execute_APlanThatWasTurnedToAnotherHost_IsRefused()
    {
        await using var evil = new ScriptedHttpServer(_ => new ScriptedReply(200, ""));
        using var driver = Cdn(new CdnEndpointOptions { Endpoint = new HttpEndpointOptions { Url = new Uri("http://127.0.0.1:1/"), Method = "PURGE" }, Hosts = { "www.shop.example" } });
        var plan = await driver.PlanAsync(Proposals.Of("flush-cdn-cache", "x", ("paths", "/a")), Cancellation);
        var turned = plan with { DriverState = JsonDocument.Parse(plan.DriverState!.Value.GetRawText().Replace("http://127.0.0.1:1", evil.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)).RootElement };
        await Should.ThrowAsync<ActionFailedException>(() => driver.ExecuteAsync(turned, Proposals.Execution(1), Cancellation));
        evil.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void Options_ReportEveryProblemAtOnce()
    {
        var options = new HookOptions { Hooks = { ["x"] = new HttpEndpointOptions { Url = new Uri("file:///etc/passwd"), Method = "GET", SigningKey = "short", StatusUrl = "http://x/", Headers = { ["Bad Header"] = "a\r\nb", ["Authorization"] = "x" } } } };
        options.Problems().Count.ShouldBe(6);
        options.Problems().ShouldAllBe(problem => problem.StartsWith("hooks:Hooks:x:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EscalationSink_DeliversSignedJson_AndSaysWhenItCannot()
    {
        var status = 200;
        await using var server = new ScriptedHttpServer(request =>
        {
            request.Headers["x-prunella-signature"].ShouldBe(HttpSignature.Sign(Key, request.Headers["x-prunella-timestamp"], Encoding.UTF8.GetBytes(request.Body)));
            var body = JsonDocument.Parse(request.Body).RootElement;
            body.GetProperty("kind").GetString().ShouldBe("approval-asked");
            body.GetProperty("severity").GetString().ShouldBe("critical");
            request.Headers["idempotency-key"].ShouldBe(Fingerprint.Of(["key\r\nX: y"]));
            return new ScriptedReply(status, "");
        });
        using var sink = new WebhookEscalationSink(new WebhookEscalationOptions { Endpoint = new HttpEndpointOptions { Url = server.Url, SigningKey = Key } }, new FakeTimeProvider(Now));
        var notice = new Notice(NoticeKind.ApprovalAsked, "key\r\nX: y", Proposals.Of("a", "b").Incident, "title", "body\nlines", Now) { Severity = Severity.Critical };
        await sink.DeliverAsync(notice, Cancellation);
        status = 500;
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(notice, Cancellation))).Message.ShouldContain("500");
    }

    private static async Task<Effect> CallAsync(ScriptedHttpServer server, Action<HttpEndpointOptions> change)
    {
        using var driver = new CallWebhookDriver(Options(server, change), TimeProvider.System);
        return await driver.ExecuteAsync(await driver.PlanAsync(Proposals.Of("call-webhook", "api", ("hook", "main")), Cancellation), Proposals.Execution(1), Cancellation);
    }

    private static HookOptions Options(ScriptedHttpServer server, Action<HttpEndpointOptions>? change = null)
    {
        var endpoint = Endpoint(server, "hook");
        change?.Invoke(endpoint);
        var options = new HookOptions { Hooks = { ["main"] = endpoint } };
        options.Problems().ShouldBeEmpty(string.Create(CultureInfo.InvariantCulture, $"{string.Join(';', options.Problems())}"));
        return options;
    }

    private static HttpEndpointOptions Endpoint(ScriptedHttpServer server, string path) => new() { Url = new Uri(server.Url, path), SigningKey = Key, Timeout = TimeSpan.FromSeconds(30) };

    private static CdnDriver Cdn(CdnEndpointOptions cdn)
    {
        var options = new CdnOptions { Cdns = { ["main"] = cdn } };
        options.Problems().ShouldBeEmpty();
        return new CdnDriver(options, TimeProvider.System);
    }
}
