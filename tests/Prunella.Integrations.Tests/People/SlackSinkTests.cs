using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Slack;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.People;

public sealed class SlackSinkTests
{
    private readonly FakeTimeProvider time = new(Notices.At) { AutoAdvanceAmount = TimeSpan.FromSeconds(2) };
    private readonly NoticeMemory memory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApprovalAsked_HasItsButtons_AndIsChangedInPlaceWhenSettled_AlsoAfterARestart()
    {
        await using var server = new ScriptedHttpServer(SlackServer.Answer);
        using (var sink = Sink(server)) await sink.DeliverAsync(Notices.Asked(), Cancellation);
        using (var sink = Sink(server)) await sink.DeliverAsync(Notices.Settled(), Cancellation);
        var sent = server.Requests.ToList();
        sent.Select(request => request.Path).ShouldBe(["/api/chat.postMessage", "/api/chat.update"]);
        var asked = JsonNode.Parse(sent[0].Body)!;
        ((string)asked["channel"]!).ShouldBe("C0APPROVE");
        var buttons = asked["blocks"]!.AsArray().Single(block => (string)block!["type"]! == "actions")!["elements"]!.AsArray();
        buttons.Select(button => ((string)button!["action_id"]!, (string)button["value"]!)).ShouldBe([(SlackSink.ApproveAction, Notices.ApprovalId), (SlackSink.RejectAction, Notices.ApprovalId)]);
        sent[0].Body.ShouldContain("Approve: the errors began with revision 7.");
        sent[0].Body.ShouldContain("shop:6");
        sent[0].Body.ShouldContain("Requests in flight are cut.");
        var settled = JsonNode.Parse(sent[1].Body)!;
        settled["blocks"]!.AsArray().ShouldNotContain(block => (string)block!["type"]! == "actions");
        sent[1].Body.ShouldContain("approved by alice");
    }

    [Fact]
    public async Task DeliveredAgain_AnApprovalIsPostedOnce()
    {
        await using var server = new ScriptedHttpServer(SlackServer.Answer);
        using var sink = Sink(server);
        for (var times = 0; times < 3; times++) await sink.DeliverAsync(Notices.Asked(), Cancellation);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task SettledOfWhatWasNeverPosted_IsNothing()
    {
        await using var server = new ScriptedHttpServer(SlackServer.Answer);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Settled(), Cancellation);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileText_NamesNobody_EndsNoCode_KeepsToTheBounds_AndHoldsNoSecret()
    {
        await using var server = new ScriptedHttpServer(SlackServer.Answer);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Asked("<!channel> <@U1> <https://evil.example|click> & " + new string('<', 5_000), "```\n*bold* password=hunter2\n" + new string('&', 10_000)), Cancellation);
        await sink.DeliverAsync(Notices.Escalated("<!here> " + new string('\u202e', 400), "token=abcdefgh12345678\n" + new string('>', 1_000_000)), Cancellation);
        foreach (var text in server.Requests.SelectMany(request => Texts(JsonNode.Parse(request.Body)!["blocks"]!)))
        {
            text.ShouldNotContain("<!channel");
            text.ShouldNotContain("<@");
            text.ShouldNotContain("<https://evil");
            text.ShouldNotContain("hunter2");
            text.ShouldNotContain("abcdefgh12345678");
            if (text.StartsWith("```", StringComparison.Ordinal)) text[3..^3].ShouldNotContain("```");
        }
    }

    [Theory]
    [InlineData("""{"ok":false,"error":"not_in_channel"}""", "not_in_channel")]
    [InlineData("""{"ok":"yes"}""", "no reason given")]
    [InlineData("[]", "no reason given")]
    [InlineData("ok", "no reason given")]
    [InlineData("""{"ok":true,"channel":"C024BE91L"}""", "did not say where")]
    public async Task RefusalInTheBody_IsOne(string body, string text)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, body));
        using var sink = Sink(server);
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain(text);
    }

    [Fact]
    public async Task RateLimit_IsRespected()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "600" } });
        using var sink = Sink(server);
        for (var tries = 0; tries < 4; tries++) await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation));
        server.Requests.Count.ShouldBe(1);
    }

    // Signature, timestamp and body of the example in Slack's documentation.
    [Fact]
    public void Signature_IsTheOneOfSlacksExample()
    {
        const string secret = "8f742231b10e8888abcd99yyyzzz85a5", stamp = "1531420618";
        var body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"u8;
        const string signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        var sent = DateTimeOffset.FromUnixTimeSeconds(1531420618);
        SlackSignature.Holds(secret, stamp, signature, body, sent).ShouldBeTrue();
        SlackSignature.Holds(secret, stamp, signature, body, sent.AddSeconds(301)).ShouldBeFalse("it is older than five minutes");
        SlackSignature.Holds(secret, stamp, signature, body, sent.AddSeconds(-301)).ShouldBeFalse();
        SlackSignature.Holds(secret, stamp, signature[..^1] + "4", body, sent).ShouldBeFalse();
        SlackSignature.Holds(secret, stamp, "", body, sent).ShouldBeFalse();
        SlackSignature.Holds(secret, "soon", signature, body, sent).ShouldBeFalse();
        SlackSignature.Holds(secret, stamp, signature, body[1..], sent).ShouldBeFalse();
    }

    [Fact]
    public async Task Replies_GoToSlackOnly()
    {
        await using var elsewhere = new ScriptedHttpServer(_ => new ScriptedReply(200, "ok"));
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, "ok"));
        using var replies = new SlackReplies(Options(server), time);
        foreach (var address in new[] { elsewhere.Url.AbsoluteUri, "https://hooks.slack.com.evil.example/x", "http://hooks.slack.com/x", "file:///etc/passwd", "", null })
            (await replies.SayAsync(address, "hello", Cancellation)).ShouldNotBeNull();
        elsewhere.Requests.ShouldBeEmpty();
        (await replies.SayAsync(new Uri(server.Url, "actions/1").AbsoluteUri, "too late", Cancellation)).ShouldBeNull();
        var said = JsonNode.Parse(server.Requests.Single().Body)!;
        ((string)said["response_type"]!, (bool)said["replace_original"]!, (string)said["text"]!).ShouldBe(("ephemeral", false, "too late"));
    }

    [Fact]
    public void Options_ThatCannotWork_AreNamedAllAtOnce() =>
        new SlackOptions { Token = "xoxp-user", Channel = "general", ApprovalChannel = "#ops", Url = new Uri("http://slack.example/api/") }.Problems().Count.ShouldBe(4);

    private SlackSink Sink(ScriptedHttpServer server) => new(Options(server), memory, time);

    private static SlackOptions Options(ScriptedHttpServer server) => new() { Token = SlackServer.Token, Channel = "C024BE91L", ApprovalChannel = "C0APPROVE", Url = new Uri(server.Url, "api/"), ConsoleUrl = new Uri("https://prunella.example/") };

    private static IEnumerable<string> Texts(JsonNode node) => node switch
    {
        JsonArray all => all.SelectMany(one => Texts(one!)),
        JsonObject fields => fields.SelectMany(field => field.Key == "text" && field.Value is JsonValue text ? [(string)text!] : field.Value is JsonObject or JsonArray ? Texts(field.Value) : []),
        _ => [],
    };
}
