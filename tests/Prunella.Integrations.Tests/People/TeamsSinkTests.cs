using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Prunella.Integrations.Teams;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.People;

public sealed class TeamsSinkTests
{
    [Fact]
    public async Task Notice_IsAnAdaptiveCard()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            (request.Method, request.Path).ShouldBe(("POST", "/workflows/1"));
            request.Body.Length.ShouldBeLessThan(28 * 1024);
            var message = JsonNode.Parse(request.Body)!;
            ((string)message["type"]!).ShouldBe("message");
            var attachment = message["attachments"]!.AsArray().Single()!;
            ((string)attachment["contentType"]!).ShouldBe("application/vnd.microsoft.card.adaptive");
            var card = attachment["content"]!;
            ((string)card["type"]!, (string)card["version"]!).ShouldBe(("AdaptiveCard", "1.4"));
            card["body"]!.AsArray().ShouldAllBe(block => (string)block!["type"]! == "TextBlock" && ((string)block["text"]!).Length > 0 && (bool)block["wrap"]!);
            return new ScriptedReply(202, "");
        });
        using var sink = new TeamsSink(new TeamsOptions { Url = new Uri(server.Url, "workflows/1") }, new FakeTimeProvider(Notices.At));
        await sink.DeliverAsync(Notices.Escalated(body: new string('y', 100_000)), TestContext.Current.CancellationToken);
        server.Requests.Count.ShouldBe(1);
    }
}
