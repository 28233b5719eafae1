using System.Text;
using CsCheck;
using Prunella.Incidents;
using Prunella.Webhooks;

namespace Prunella.Tests.Webhooks;

public sealed class AlertmanagerParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal const string Sample = """
        {"version":"4","groupKey":"{}:{alertname=\"HighMemory\"}","truncatedAlerts":0,"status":"firing","receiver":"prunella","routeLabels":{"a":[1,{"b":null}]},
         "groupLabels":{"alertname":"HighMemory"},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://am:9093","notification_reason":"new",
         "alerts":[
          {"status":"firing","labels":{"alertname":"HighMemory","namespace":"shop","pod":"api-5d9f","severity":"critical"},
           "annotations":{"summary":"api uses 95 % of its memory","description":"more"},"startsAt":"2026-03-01T11:58:00.123456789Z","endsAt":"0001-01-01T00:00:00Z",
           "generatorURL":"http://prom/graph","fingerprint":"a1b2c3d4e5f60718"},
          {"status":"resolved","labels":{"alertname":"HighMemory","namespace":"shop","pod":"api-77aa"},"annotations":{},
           "startsAt":"2026-03-01T10:00:00+02:00","endsAt":"2026-03-01T11:59:00Z","fingerprint":""}]}
        """;

    [Fact]
    public void Parse_FiringAndResolvedMixed_GivesEachAlertItsOwnSignal()
    {
        var parsed = Parse(Sample);

        parsed.Fault.ShouldBeNull();
        parsed.Signals.Count.ShouldBe(2);
        var (firing, resolved) = (parsed.Signals[0], parsed.Signals[1]);
        firing.Status.ShouldBe(SignalStatus.Firing);
        firing.Name.ShouldBe("HighMemory");
        firing.Severity.ShouldBe(Severity.Critical);
        firing.Summary.ShouldBe("api uses 95 % of its memory");
        firing.Fingerprint.ShouldBe("a1b2c3d4e5f60718");
        firing.EndsAt.ShouldBeNull("a firing alert has not ended, whatever endsAt says");
        firing.ReceivedAt.ShouldBe(Now);
        resolved.Status.ShouldBe(SignalStatus.Resolved);
        resolved.StartsAt.ShouldBe(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        resolved.EndsAt.ShouldBe(new DateTimeOffset(2026, 3, 1, 11, 59, 0, TimeSpan.Zero));
        resolved.Fingerprint.ShouldBe(Fingerprint.OfLabels(resolved.Labels), "a missing fingerprint is computed from the labels");
    }

    [Fact]
    public void Parse_AlertWithoutLabels_IsASignalOfItsOwn()
    {
        var parsed = Parse("""{"alerts":[{"status":"firing","startsAt":"2026-03-01T11:58:00Z"},{"status":"firing","labels":null,"annotations":null,"startsAt":"2026-03-01T11:58:00Z"}]}""");

        parsed.Fault.ShouldBeNull();
        parsed.Signals.ShouldAllBe(signal => signal.Labels.Count == 0 && signal.Name == "unnamed alert");
        parsed.Signals[0].Identity.ShouldBe(parsed.Signals[1].Identity);
    }

    [Fact]
    public void Parse_FutureTimes_AreKept() =>
        Parse(One("\"startsAt\":\"2031-01-01T00:00:00Z\"")).Signals[0].StartsAt.Year.ShouldBe(2031);

    [Fact]
    public void Parse_OffsetWithAnEscapedPlus_IsATime() =>
        Parse(One("\"startsAt\":\"2026-03-01T12:00:00\\u002B02:00\"")).Signals[0].StartsAt.ShouldBe(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Parse_TenThousandAlerts_AcceptsThemAll()
    {
        var body = "{\"alerts\":[" + string.Join(',', Enumerable.Range(0, 10_000).Select(index =>
            $$"""{"status":"firing","labels":{"alertname":"A","pod":"p-{{index}}"},"startsAt":"2026-03-01T11:58:00Z"}""")) + "]}";

        var parsed = Parse(body, new WebhookOptions());

        parsed.Signals.Count.ShouldBe(10_000);
        parsed.Signals.Select(signal => signal.Identity).Distinct().Count().ShouldBe(10_000);
    }

    [Fact]
    public void Parse_MoreAlertsThanAllowed_SaysTooMuch()
    {
        var parsed = Parse("{\"alerts\":[" + string.Join(',', Enumerable.Repeat("""{"status":"firing","startsAt":"2026-03-01T11:58:00Z"}""", 51)) + "]}");

        parsed.Fault!.TooMuch.ShouldBeTrue();
        parsed.Fault.Path.ShouldBe("$.alerts[50]");
        parsed.Signals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "$", "the body is empty")]
    [InlineData("[]", "$", "expected an object with \"alerts\", found an array")]
    [InlineData("{}", "$", "expected \"alerts\"")]
    [InlineData("""{"alerts":{}}""", "$.alerts", "expected an array of alerts, found an object")]
    [InlineData("""{"alerts":[7]}""", "$.alerts[0]", "expected an alert, found a number")]
    [InlineData("""{"alerts":[{"status":"firing"}]}""", "$.alerts[0]", "expected \"startsAt\"; it is missing")]
    [InlineData("""{"alerts":[{"startsAt":"2026-03-01T11:58:00Z"}]}""", "$.alerts[0]", "expected \"status\"")]
    [InlineData("""{"alerts":[{"status":"burning"}]}""", "$.alerts[0].status", "expected \"firing\" or \"resolved\"")]
    [InlineData("""{"alerts":[{"status":"firing","startsAt":"yesterday"}]}""", "$.alerts[0].startsAt", "expected a time")]
    [InlineData("""{"alerts":[{"status":"firing","startsAt":"0001-01-01T00:00:00Z"}]}""", "$.alerts[0].startsAt", "found the zero time")]
    [InlineData("""{"alerts":[{"status":"firing","startsAt":"2026-03-01T11:58:00"}]}""", "$.alerts[0].startsAt", "with its offset")]
    [InlineData("""{"alerts":[{"labels":{"a":"1"}},{"labels":{"severity":3}}]}""", "$.alerts[0]", "is missing")]
    [InlineData("""{"alerts":[{"labels":{"severity":3}}]}""", "$.alerts[0].labels.severity", "expected a string, found a number")]
    [InlineData("""{"alerts":[{"labels":{"odd name":[]}}]}""", "$.alerts[0].labels['odd name']", "expected a string, found an array")]
    [InlineData("""{"alerts":[{"labels":{"a":"1","a":"2"}}]}""", "$.alerts[0].labels.a", "given twice")]
    [InlineData("""{"alerts":[{"labels":{"a":"\ud800"}}]}""", "$.alerts[0].labels.a", "not valid Unicode")]
    [InlineData("""{"alerts":[{"status":"\ud800"}]}""", "$.alerts[0].status", "not valid Unicode")]
    [InlineData("""{"alerts":[],"alerts":[]}""", "$.alerts", "given twice")]
    [InlineData("""{"alerts":[]} x""", "$", "not valid JSON at line 1, byte 15")]
    [InlineData("""{"alerts":[{"status":"firing",""", "$.alerts[0].status", "the body ends before it is complete")]
    public void Parse_SomethingWrong_NamesPlaceAndExpectation(string body, string path, string text)
    {
        var parsed = Parse(body);

        parsed.Signals.ShouldBeEmpty();
        parsed.Fault!.Path.ShouldBe(path);
        parsed.Fault.Text.ShouldContain(text);
    }

    [Fact]
    public void Parse_NestedTooDeep_SaysSo()
    {
        var parsed = Parse("{\"extra\":" + new string('[', 5_000));

        parsed.Fault!.Text.ShouldBe("nested deeper than 32 levels");
    }

    [Fact]
    public void Parse_LongLabel_IsRefusedAndLongAnnotationShortened()
    {
        Parse(One($"\"labels\":{{\"a\":\"{new string('x', 4_097)}\"}}")).Fault!.Text.ShouldContain("at most 4096 characters, found 4097");

        var shortened = Parse(One($"\"annotations\":{{\"a\":\"{new string('x', 20_000)}\"}}")).Signals[0].Annotations["a"];
        shortened.Length.ShouldBe(16_384);
        shortened.ShouldEndWith("…");
    }

    [Fact]
    public void Parse_TruncatedAnywhere_AcceptsNothing()
    {
        var body = Encoding.UTF8.GetBytes(Sample.TrimEnd());
        for (var length = 0; length < body.Length; length++)
        {
            var parsed = Parse(body[..length]);
            parsed.Fault.ShouldNotBeNull($"cut after {length} bytes");
            parsed.Signals.ShouldBeEmpty($"cut after {length} bytes");
        }
    }

    [Fact]
    public void Parse_AnyMutationOfABody_AgreesWithTheOracle()
    {
        var seeds = new[]
        {
            Sample, """{"alerts":[]}""", One("\"labels\":{\"alertname\":\"A\",\"severity\":\"info\"},\"endsAt\":\"2026-03-01T11:58:01Z\""),
            "\uFEFF" + One("\"fingerprint\":null,\"annotations\":{\"message\":\"\\u0000\\u202E\"}"),
        }.Select(Encoding.UTF8.GetBytes).ToArray();
        var pieces = new[]
        {
            "\"", "{", "}", "[", "]", ",", ":", "null", "true", "1e9", "\"\\ud800\"", "\"alerts\"", "\"status\"", "\"firing\"", "\"labels\":{},", "\"startsAt\":\"0001-01-01T00:00:00Z\",",
            "\uFEFF", " ", "\n", "\\", "\u0000", "\"a\":\"b\",", "0001-01-01", "+02:00", "T",
        }.Select(Encoding.UTF8.GetBytes).Append([0xFF]).Append([0xC3]).ToArray();
        var mutation = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2_000], Gen.Int[0, 2_000], Gen.Int[0, pieces.Length - 1]);

        Gen.Select(Gen.Int[0, seeds.Length - 1], mutation.Array[0, 4]).Sample((seed, mutations) =>
        {
            var body = mutations.Aggregate(seeds[seed], (bytes, change) => Mutate(bytes, change, pieces));
            var expected = AlertmanagerOracle.Read(body);
            var parsed = Parse(body);
            if (expected is null) return parsed.Fault is not null && parsed.Signals.Count == 0;
            return parsed.Fault is null && parsed.Signals.Select(AlertmanagerOracle.Of).SequenceEqual(expected);
        }, iter: 20_000, print: sample => Encoding.UTF8.GetString(sample.Item2.Aggregate(seeds[sample.Item1], (bytes, change) => Mutate(bytes, change, pieces))));
    }

    private static byte[] Mutate(byte[] bytes, (int Kind, int At, int Length, int Piece) change, byte[][] pieces)
    {
        if (bytes.Length == 0) return pieces[change.Piece];
        var at = change.At % bytes.Length;
        var length = Math.Min(change.Length % 40, bytes.Length - at);
        return change.Kind switch
        {
            0 => [.. bytes[..at], .. pieces[change.Piece], .. bytes[at..]],
            1 => [.. bytes[..at], .. bytes[(at + length)..]],
            2 => [.. bytes[..at], .. pieces[change.Piece], .. bytes[(at + length)..]],
            _ => [.. bytes[..(at + length)], .. bytes[at..]],
        };
    }

    private static string One(string fields) =>
        fields.Contains("startsAt", StringComparison.Ordinal)
            ? $$"""{"alerts":[{"status":"firing",{{fields}}}]}"""
            : $$"""{"alerts":[{"status":"firing","startsAt":"2026-03-01T11:58:00Z",{{fields}}}]}""";

    private static ParsedBody Parse(string body, WebhookOptions? options = null) => Parse(Encoding.UTF8.GetBytes(body), options);

    private static ParsedBody Parse(byte[] body, WebhookOptions? options = null) =>
        new AlertmanagerParser(options ?? new WebhookOptions { AlertsMax = 50 }, new IdSource(TimeProvider.System, new Random(7))).Parse(body, Now);
}
