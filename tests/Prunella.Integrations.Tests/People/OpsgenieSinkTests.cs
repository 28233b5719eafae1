using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Opsgenie;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.People;

public sealed class OpsgenieSinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Held to the published rules of the Alert API.
    private static ScriptedReply Vendor(ScriptedRequest request)
    {
        request.Method.ShouldBe("POST");
        request.Headers["authorization"].ShouldBe("GenieKey secret-key");
        var posted = JsonNode.Parse(request.Body)!.AsObject();
        if (request.Path == "/v2/alerts")
        {
            ((string)posted["message"]!).Length.ShouldBeInRange(1, 130);
            ((string)posted["alias"]!).Length.ShouldBeInRange(1, 512);
            ((string)posted["description"]!).Length.ShouldBeLessThanOrEqualTo(15_000);
            ((string)posted["priority"]!).ShouldBeOneOf("P1", "P2", "P3", "P4", "P5");
            posted.Select(field => field.Key).Except(["message", "alias", "description", "responders", "visibleTo", "actions", "tags", "details", "entity", "source", "priority", "user", "note"]).ShouldBeEmpty();
        }
        else
        {
            request.Path.ShouldBeOneOf($"/v2/alerts/{Notices.Id}/close", $"/v2/alerts/{Notices.Id}/acknowledge");
            request.Query["identifierType"].ShouldBe("alias");
        }
        return new ScriptedReply(202, """{"result":"Request will be processed","took":0.1,"requestId":"1"}""");
    }

    [Fact]
    public async Task Incident_IsOneAlert_ThatIsClosed()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Escalated(new string('x', 900)), Cancellation);
        await sink.DeliverAsync(Notices.Asked(), Cancellation);
        await sink.DeliverAsync(Notices.Safety(), Cancellation);
        await sink.DeliverAsync(Notices.Resolved(), Cancellation);
        var sent = server.Requests.ToList();
        sent.Count.ShouldBe(3, "an approval wakes nobody");
        var alert = JsonNode.Parse(sent[0].Body)!;
        ((string)alert["alias"]!, (string)alert["priority"]!).ShouldBe((Notices.Id, "P1"));
        ((string)alert["responders"]![0]!["name"]!).ShouldBe("platform");
    }

    [Fact]
    public async Task SomebodyLooksAtIt_AcknowledgesTheAlert_AndADigestIsNone()
    {
        await using var server = new ScriptedHttpServer(Vendor);
        using var sink = Sink(server);
        await sink.DeliverAsync(Notices.Acknowledged(), Cancellation);
        await sink.DeliverAsync(Notices.Digest(), Cancellation);
        server.Requests.ShouldHaveSingleItem().Path.ShouldEndWith("/acknowledge");
    }

    [Fact]
    public async Task Refusal_IsTold()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(403, """{"message":"Key format is not valid!"}"""));
        using var sink = Sink(server);
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("Key format");
    }

    private static OpsgenieSink Sink(ScriptedHttpServer server) => new(new OpsgenieOptions { ApiKey = "secret-key", Url = server.Url, Teams = { "platform" } }, new FakeTimeProvider(Notices.At));
}
