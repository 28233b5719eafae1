using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.PagerDuty;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.People;

public sealed class PagerDutySinkTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private readonly FakeTimeProvider time = new(Notices.At);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Held to the published rules of Events API v2: what has to be there, how long, which words.
    private static ScriptedReply Vendor(ScriptedRequest request)
    {
        (request.Method, request.Path).ShouldBe(("POST", "/v2/enqueue"));
        request.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
        request.Body.Length.ShouldBeLessThan(512 * 1024);
        var posted = JsonNode.Parse(request.Body)!.AsObject();
        ((string)posted["routing_key"]!).ShouldBe(Key);
        var action = (string)posted["event_action"]!;
        action.ShouldBeOneOf("trigger", "acknowledge", "resolve");
        ((string)posted["dedup_key"]!).Length.ShouldBeInRange(1, 255);
        posted.ContainsKey("payload").ShouldBe(action == "trigger");
        if (action == "trigger")
        {
            var payload = posted["payload"]!.AsObject();
            ((string)payload["summary"]!).Length.ShouldBeInRange(1, 1024);
            ((string)payload["source"]!).ShouldNotBeEmpty();
            ((string)payload["severity"]!).ShouldBeOneOf("critical", "error", "warning", "info");
            DateTimeOffset.Parse((string)payload["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(Notices.At);
            payload.Select(field => field.Key).Except(["summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"]).ShouldBeEmpty();
        }
        return new ScriptedReply(202, $$"""{"status":"success","message":"Event processed","dedup_key":"{{posted["dedup_key"]}}"}""");
    }

    [Fact]
    public async Task Incident_TriggersOnce_AndIsResolvedUnderTheSameKey()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Escalated(), Cancellation);
        await sink.DeliverAsync(Notices.Resolved(), Cancellation);
        Sent(server).ShouldBe([("trigger", Notices.Id), ("resolve", Notices.Id)]);
    }

    [Fact]
    public async Task SomebodyLooksAtIt_AcknowledgesTheIncident_AndADigestIsNoEvent()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Acknowledged(), Cancellation);
        await sink.DeliverAsync(Notices.Digest(), Cancellation);
        Sent(server).ShouldBe([("acknowledge", Notices.Id)]);
    }

    [Fact]
    public async Task Approvals_AreEventsByOptionOnly()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using (var sink = Sink(server))
        {
            await sink.DeliverAsync(Notices.Asked(), Cancellation);
            await sink.DeliverAsync(Notices.Settled(), Cancellation);
            await sink.DeliverAsync(Notices.Safety(Severity.Info), Cancellation);
        }
        server.Requests.ShouldBeEmpty();
        using (var sink = Sink(server, approvals: true))
        {
            await sink.DeliverAsync(Notices.Asked(), Cancellation);
            await sink.DeliverAsync(Notices.Settled(), Cancellation);
        }
        Sent(server).ShouldBe([("trigger", Notices.Id), ("acknowledge", Notices.Id)]);
    }

    [Fact]
    public async Task LongAndSecretText_IsCutAndRedacted()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Escalated(new string('x', 5_000), "password=hunter2 " + new string('y', 1_000_000)), Cancellation);
        server.Requests.Single().Body.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData(400, """{"status":"invalid event","message":"Event object is invalid","errors":["'routing_key' is invalid"]}""", "refused the message (400)")]
    [InlineData(500, "", "refused the message (500)")]
    public async Task Refusal_IsTold_SoThatItIsTriedAgain(int status, string body, string text)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, body));
        using var sink = Sink(server);
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain(text);
    }

    [Fact]
    public async Task AskedToWait_NothingIsSentBefore()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "20" } });
        using var sink = Sink(server);
        for (var tries = 0; tries < 3; tries++) (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("wait");
        server.Requests.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(21));
        await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation));
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void Options_ThatCannotWork_AreNamedAllAtOnce() =>
        new PagerDutyOptions { RoutingKey = "short", Url = new Uri("http://events.example/v2"), Timeout = TimeSpan.Zero }.Problems().Count.ShouldBe(3);

    private PagerDutySink Sink(ScriptedHttpServer server, bool approvals = false) => new(new PagerDutyOptions { RoutingKey = Key, Url = new Uri(server.Url, "v2/enqueue"), Approvals = approvals }, time);

    private static List<(string, string)> Sent(ScriptedHttpServer server) => [.. server.Requests.Select(request => JsonNode.Parse(request.Body)!).Select(body => ((string)body["event_action"]!, (string)body["dedup_key"]!))];
}
