using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prunella.Integrations.Slack;

namespace Prunella.Console.Tests;

/// <summary>The same story from Slack: the alert comes, the message asks, its button approves, the message changes, the fix is proved.</summary>
public sealed class SlackStoryTests
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task BadRelease_IsAskedAboutInSlack_ApprovedThere_AndMended()
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        within.CancelAfter(Patience);
        var messages = Channel.CreateUnbounded<(string Method, JsonNode Body)>();
        await using var slack = await SlackAsync(messages.Writer, within.Token);
        await using var demo = await PlayedDemo.StartAsync("HighErrorRate", $$"""
            escalation:
              slack: { token: xoxb-1-test, channel: C024BE91L, url: "{{slack.Urls.First()}}/api/" }
              slackCallbacks: { signingSecret: {{Secret}}, people: { U1: { name: alice, role: approver } } }
            """);

        var asked = await FindAsync(messages.Reader, "chat.postMessage", message => ButtonOf(message) is not null, within.Token);
        asked.ToJsonString().ShouldContain("payment:1.0.0");
        await PressAsync(demo, ButtonOf(asked)!, within.Token);
        var changed = await FindAsync(messages.Reader, "chat.update", _ => true, within.Token);
        changed.ToJsonString().ShouldContain("approved by alice");
        ButtonOf(changed).ShouldBeNull("what is decided has no buttons");

        using var http = new HttpClient { BaseAddress = demo.Address };
        var state = "";
        while (state is not ("Resolved" or "Escalated" or "Closed"))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, within.Token);
            state = (await http.GetFromJsonAsync<JsonElement>("/api/v1/incidents?limit=1", within.Token)).GetProperty("items")[0].GetProperty("state").GetString();
        }
        state.ShouldBe("Resolved");
        (await FindAsync(messages.Reader, "chat.postMessage", message => message.ToJsonString().Contains("rollback-rollout fixed it", StringComparison.Ordinal), within.Token)).ShouldNotBeNull();
    }

    private static async Task<WebApplication> SlackAsync(ChannelWriter<(string, JsonNode)> messages, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/api/{method}", async (HttpRequest request, string method) =>
        {
            request.Headers.Authorization.ToString().ShouldBe("Bearer xoxb-1-test");
            messages.TryWrite((method, (await JsonNode.ParseAsync(request.Body, cancellationToken: cancellation))!));
            return Results.Json(new { ok = true, channel = "C024BE91L", ts = "1773457200.000100" });
        });
        await app.StartAsync(cancellation);
        return app;
    }

    private static async Task<JsonNode> FindAsync(ChannelReader<(string Method, JsonNode Body)> messages, string method, Func<JsonNode, bool> wanted, CancellationToken cancellation)
    {
        while (true)
        {
            var (called, body) = await messages.ReadAsync(cancellation);
            if (called == method && wanted(body)) return body;
        }
    }

    // The id behind the button that approves; null where there is none.
    private static string? ButtonOf(JsonNode message) => message["blocks"]!.AsArray().Where(block => (string?)block!["type"] == "actions").SelectMany(block => block!["elements"]!.AsArray())
        .Where(element => (string?)element!["action_id"] == SlackSink.ApproveAction).Select(element => (string?)element!["value"]).FirstOrDefault();

    private static async Task PressAsync(PlayedDemo demo, string approval, CancellationToken cancellation)
    {
        var payload = JsonSerializer.Serialize(new { type = "block_actions", user = new { id = "U1" }, actions = new[] { new { action_id = SlackSink.ApproveAction, value = approval } } });
        var body = "payload=" + Uri.EscapeDataString(payload);
        var now = demo.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(demo.Address, "/webhooks/slack")) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        request.Headers.Add("X-Slack-Request-Timestamp", now);
        request.Headers.Add("X-Slack-Signature", SlackSignature.Sign(Secret, now, Encoding.UTF8.GetBytes(body)));
        using var answer = await http.SendAsync(request, cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellation));
    }
}
