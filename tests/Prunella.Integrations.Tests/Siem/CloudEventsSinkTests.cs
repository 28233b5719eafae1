using System.Net.Mime;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Prunella.Integrations.CloudEvents;
using Prunella.Integrations.Http;
using Prunella.Integrations.Tests.Http;
using Prunella.Ledger;

namespace Prunella.Integrations.Tests.Siem;

public sealed class CloudEventsSinkTests
{
    private const string Key = "sixteen letters!";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CloudEventsSink Sink(ScriptedHttpServer server, params string[] kinds) =>
        new(new CloudEventsOptions { Endpoint = new HttpEndpointOptions { Url = server.Url, SigningKey = Key, Idempotent = true }, Kinds = [.. kinds], Source = "/prunella/test" }, TimeProvider.System);

    // Read by the specification's own library, which refuses what is no event.
    private static CloudEvent Read(ScriptedRequest request)
    {
        request.Headers["content-type"].ShouldBe("application/cloudevents+json; charset=utf-8");
        var signed = HttpSignature.Sign(Key, request.Headers["x-prunella-timestamp"], Encoding.UTF8.GetBytes(request.Body));
        request.Headers["x-prunella-signature"].ShouldBe(signed);
        var read = new JsonEventFormatter().DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(request.Body), new ContentType("application/cloudevents+json"), []);
        read.IsValid.ShouldBeTrue();
        return read;
    }

    [Fact]
    public async Task EachEntry_IsOneSignedEvent_InOrder()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(202, ""));
        using var sink = Sink(server);
        var entries = Entries.Of(3, "<b>\u202Ehostile\u0000</b>", "escalated");
        (await sink.TakeAsync(entries, Cancellation)).ShouldBe(3);
        var events = server.Requests.Select(Read).ToList();
        events.Select(one => one.Type).ShouldAllBe(type => type == "prunella.escalated");
        events.Select(one => one.Subject).ShouldBe(["incident-1", "incident-2", "incident-3"]);
        events[0].Source!.ToString().ShouldBe("/prunella/test");
        events.Select(one => one.Id).Distinct().Count().ShouldBe(3);
        ((JsonElement)events[1].Data!).GetProperty("index").GetInt32().ShouldBe(2);
        server.Requests.Select(request => request.Headers["idempotency-key"]).ShouldBe(events.Select(one => one.Id!));
    }

    [Fact]
    public async Task OnlyTheKindsThatAreWanted()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(204, ""));
        using var sink = Sink(server, "resolved");
        (await sink.TakeAsync(Entries.Of(2, kind: "verdict"), Cancellation)).ShouldBe(2);
        (await sink.TakeAsync(Entries.Of(1, kind: "resolved"), Cancellation)).ShouldBe(1);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task AReceiverThatFailsInTheMiddle_GetsTheRestAgain_AndOnlyTheRest()
    {
        var asked = 0;
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(++asked == 3 ? 500 : 200, ""));
        using var sink = Sink(server);
        var entries = Entries.Of(4);
        (await sink.TakeAsync(entries, Cancellation)).ShouldBe(2);
        (await sink.TakeAsync([.. entries.Skip(2)], Cancellation)).ShouldBe(2);
        server.Requests.Select(request => Read(request).Subject).ShouldBe(["incident-1", "incident-2", "incident-3", "incident-3", "incident-4"]);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(301)]
    public async Task ARefusal_IsAFailureThatNamesIt(int status)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, "no"));
        using var sink = Sink(server);
        (await Should.ThrowAsync<LedgerSinkException>(() => sink.TakeAsync(Entries.Of(1), Cancellation))).Message.ShouldContain($"{status}");
    }

    [Fact]
    public void Options_NameWhatIsWrong() =>
        new CloudEventsOptions { Source = "", TypePrefix = "a b" }.Problems().Count.ShouldBe(3);
}
