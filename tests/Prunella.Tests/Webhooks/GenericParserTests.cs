using System.Text;
using Prunella.Incidents;
using Prunella.Webhooks;

namespace Prunella.Tests.Webhooks;

public sealed class GenericParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private const string Full = """
        {"name":"QueueStuck","status":"firing","severity":"page","summary":"orders wait","fingerprint":"q-1","startsAt":"2026-03-01T11:00:00Z",
         "labels":{"team":"orders"},"annotations":{"runbook_url":"https://wiki/q"},"target":{"namespace":"shop","kind":"Deployment","name":"worker"}}
        """;

    [Fact]
    public void Parse_OneSignal_ReadsEveryField()
    {
        var signal = Parse(Full).Signals.ShouldHaveSingleItem();

        signal.Source.ShouldBe("generic");
        signal.Name.ShouldBe("QueueStuck");
        signal.Severity.ShouldBe(Severity.Critical);
        signal.Summary.ShouldBe("orders wait");
        signal.Fingerprint.ShouldBe("q-1");
        signal.Label("deployment").ShouldBe("worker");
        signal.Label("namespace").ShouldBe("shop");
        signal.Label("team").ShouldBe("orders");
        signal.Label("alertname").ShouldBe("QueueStuck");
    }

    [Fact]
    public void Parse_OnlyAName_StartsNow()
    {
        var signal = Parse("""{"name":"A"}""").Signals.ShouldHaveSingleItem();

        signal.StartsAt.ShouldBe(Now);
        signal.Status.ShouldBe(SignalStatus.Firing);
        signal.Fingerprint.ShouldBe(Fingerprint.OfLabels(signal.Labels));
    }

    [Fact]
    public void Parse_SeveralSignals_GivesAll() => Parse("""{"signals":[{"name":"A"},{"name":"B"}]}""").Signals.Count.ShouldBe(2);

    [Theory]
    [InlineData("""{"name":"A","sevrity":"x"}""", "$.sevrity", "not a field of a signal; the fields are name, status")]
    [InlineData("""{"name":"A","name":"B"}""", "$.name", "given twice")]
    [InlineData("""{}""", "$", "expected \"name\"")]
    [InlineData("""{"name":"A","status":"resolved"}""", "$", "needs the \"startsAt\"")]
    [InlineData("""{"name":"A","target":{"kind":"Deployment"}}""", "$.target", "expected both \"kind\" and \"name\"")]
    [InlineData("""{"name":"A","target":{"knd":"Deployment"}}""", "$.target.knd", "not a field of a target")]
    [InlineData("""{"signals":[{"name":"A"}],"x":1}""", "$.x", "nothing beside \"signals\"")]
    [InlineData("""{"signals":[{"name":"A"},{"name":""}]}""", "$.signals[1]", "expected \"name\"")]
    [InlineData("""{"name":5}""", "$.name", "expected a string, found a number")]
    public void Parse_SomethingWrong_NamesPlaceAndExpectation(string body, string path, string text)
    {
        var parsed = Parse(body);

        parsed.Signals.ShouldBeEmpty();
        parsed.Fault!.Text.ShouldContain(text);
        parsed.Fault.Path.ShouldBe(path);
    }

    [Fact]
    public void Parse_TruncatedAnywhere_AcceptsNothing()
    {
        var body = Full.TrimEnd();
        for (var length = 0; length < body.Length; length++) Parse(body[..length]).Fault.ShouldNotBeNull($"cut after {length}");
    }

    private static ParsedBody Parse(string body) =>
        new GenericParser(new WebhookOptions(), new IdSource(TimeProvider.System, new Random(7))).Parse(Encoding.UTF8.GetBytes(body), Now);
}
