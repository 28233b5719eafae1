using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents;
using Prunella.Integrations.Slack;
using Prunella.Remediation.Approvals;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Slack;

/// <summary>Presses of buttons in Slack: what counts, and everything that must not.</summary>
public sealed class SlackCallbackTests : IAsyncLifetime
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> told = [];
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private WebApplication hooks = null!;
    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        hooks = builder.Build();
        hooks.Urls.Add("http://127.0.0.1:0");
        hooks.MapPost("/actions/1", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            told.Enqueue(JsonDocument.Parse(await reader.ReadToEndAsync(Cancellation)).RootElement.GetProperty("text").GetString()!);
        });
        await hooks.StartAsync(Cancellation);
        server = await RunningServer.StartAsync(
        [
            new("escalation:slack:url", hooks.Urls.First() + "/api/"),
            new("escalation:slackCallbacks:signingSecret", Secret),
            new("escalation:slackCallbacks:people:U1:name", "alice"), new("escalation:slackCallbacks:people:U1:role", "approver"),
            new("escalation:slackCallbacks:people:U2:name", "bob"), new("escalation:slackCallbacks:people:U2:role", "operator"),
            new("escalation:slackCallbacks:people:U3:name", "victor"), new("escalation:slackCallbacks:people:U3:role", "viewer"),
        ], time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await hooks.DisposeAsync();
    }

    [Theory]
    [InlineData(SlackSink.ApproveAction, ApprovalState.Approved)]
    [InlineData(SlackSink.RejectAction, ApprovalState.Rejected)]
    public async Task Press_OfWhoMayApprove_Decides_UnderTheirName(string button, ApprovalState state)
    {
        var id = await CommandTests.AskedAsync(server);
        (await PressAsync(Payload("U1", button, id))).ShouldBe(HttpStatusCode.OK);
        var decided = await FindAsync(id);
        (decided.State, decided.DecidedBy).ShouldBe((state, "alice"));
        told.ShouldBeEmpty("the message itself says it");
    }

    [Fact]
    public async Task PressedAgain_ByTheSameOrAnother_ChangesNothing()
    {
        var id = await CommandTests.AskedAsync(server);
        await PressAsync(Payload("U1", SlackSink.RejectAction, id));
        (await PressAsync(Payload("U1", SlackSink.RejectAction, id))).ShouldBe(HttpStatusCode.OK);
        (await PressAsync(Payload("U2", SlackSink.ApproveAction, id))).ShouldBe(HttpStatusCode.OK);
        var decided = await FindAsync(id);
        (decided.State, decided.DecidedBy, decided.Version).ShouldBe((ApprovalState.Rejected, "alice", 2));
        await ToldAsync(2, "Already rejected by alice");
    }

    [Fact]
    public async Task TwoRacing_GiveOneDecision()
    {
        var id = await CommandTests.AskedAsync(server);
        await Task.WhenAll(PressAsync(Payload("U1", SlackSink.ApproveAction, id)), PressAsync(Payload("U2", SlackSink.RejectAction, id)));
        (await FindAsync(id)).Version.ShouldBe(2, "one of the two counted");
        await ToldAsync(1, "Already");
    }

    [Theory]
    [InlineData("U3", "may not decide")]
    [InlineData("U4", "does not know you")]
    public async Task Press_OfWhoMayNot_ChangesNothing_AndSaysWhy(string user, string why)
    {
        var id = await CommandTests.AskedAsync(server);
        (await PressAsync(Payload(user, SlackSink.ApproveAction, id))).ShouldBe(HttpStatusCode.OK);
        (await FindAsync(id)).State.ShouldBe(ApprovalState.Pending);
        await ToldAsync(1, why);
    }

    [Fact]
    public async Task Press_WhenTheTimeIsOver_ChangesNothing()
    {
        var id = await CommandTests.AskedAsync(server);
        time.Advance(TimeSpan.FromDays(1));
        await PressAsync(Payload("U1", SlackSink.ApproveAction, id));
        (await FindAsync(id)).State.ShouldBe(ApprovalState.Pending);
        await ToldAsync(1, "expired");
    }

    [Fact]
    public async Task Forged_Replayed_OrUnsigned_IsRefused()
    {
        var id = await CommandTests.AskedAsync(server);
        var body = Form(Payload("U1", SlackSink.ApproveAction, id));
        var now = Stamp(time.GetUtcNow());
        (await PostAsync(body, now, SlackSignature.Sign("another-secret-of-someone", now, Encoding.UTF8.GetBytes(body)))).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(body + "&x=1", now, SlackSignature.Sign(Secret, now, Encoding.UTF8.GetBytes(body)))).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(body, null, null)).ShouldBe(HttpStatusCode.Unauthorized);
        var old = Stamp(time.GetUtcNow().AddSeconds(-301));
        (await PostAsync(body, old, SlackSignature.Sign(Secret, old, Encoding.UTF8.GetBytes(body)))).ShouldBe(HttpStatusCode.Unauthorized);
        (await FindAsync(id)).State.ShouldBe(ApprovalState.Pending);
    }

    [Theory]
    [InlineData("nothing=1", "payload: expected one field")]
    [InlineData("payload=%7B", "expected JSON")]
    [InlineData("payload=%5B%5D", "payload.type")]
    [InlineData("""payload={"type":"block_actions"}""", "payload.user.id")]
    [InlineData("""payload={"type":"block_actions","user":{"id":7}}""", "payload.user.id")]
    [InlineData("""payload={"type":"block_actions","user":{"id":"U1"},"actions":{}}""", "payload.actions")]
    [InlineData("""payload={"type":"block_actions","user":{"id":"U1"},"actions":[5]}""", "action_id")]
    public async Task Malformed_IsNamed(string body, string text)
    {
        var now = Stamp(time.GetUtcNow());
        using var answer = await SendAsync(body, now, SlackSignature.Sign(Secret, now, Encoding.UTF8.GetBytes(body)));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain(text);
    }

    [Theory]
    [InlineData("""{"type":"view_submission"}""")]
    [InlineData("""{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"another","value":"x"}]}""")]
    [InlineData("""{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"prunella-approve","value":"not an id"}]}""")]
    public async Task OtherInteractions_AreTakenAndDoNothing(string payload) => (await PressAsync(payload)).ShouldBe(HttpStatusCode.OK);

    private async Task<HttpStatusCode> PressAsync(string payload)
    {
        var body = Form(payload);
        var now = Stamp(time.GetUtcNow());
        return await PostAsync(body, now, SlackSignature.Sign(Secret, now, Encoding.UTF8.GetBytes(body)));
    }

    private async Task<HttpStatusCode> PostAsync(string body, string? timestamp, string? signature)
    {
        using var answer = await SendAsync(body, timestamp, signature);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string? timestamp, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/slack") { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (timestamp is not null) request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        if (signature is not null) request.Headers.Add("X-Slack-Signature", signature);
        return await server.Anonymous.SendAsync(request, Cancellation);
    }

    private string Payload(string user, string button, string id) => JsonSerializer.Serialize(new
    {
        type = "block_actions", user = new { id = user, username = "x", team_id = "T1" }, api_app_id = "A1", response_url = hooks.Urls.First() + "/actions/1",
        actions = new[] { new { type = "button", action_id = button, block_id = "approval", value = id } },
    });

    private async Task<Approval> FindAsync(string id) => (await server.Store.FindApprovalAsync(new ApprovalId(Guid.Parse(id)), Cancellation))!;

    private async Task ToldAsync(int count, string text)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (told.Count < count && TimeProvider.System.GetElapsedTime(began) < Patience) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        told.Count.ShouldBe(count);
        told.ShouldAllBe(one => one.Contains(text));
    }

    private static string Form(string payload) => "payload=" + Uri.EscapeDataString(payload);

    private static string Stamp(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
