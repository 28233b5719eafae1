using System.Text;
using System.Text.Json;
using CsCheck;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;

namespace Prunella.Kubernetes.Tests.Watch;

public class ObjectThinnerTests
{
    [Fact]
    public void Thin_TakesOffWhatNoCauseLooksAt_AndTellsTheNewestWrite()
    {
        var thin = Thin(
            """
            {"kind":"Pod","metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","keep":"me"},
             "managedFields":[{"manager":"x","time":"2026-03-01T03:00:05Z","fieldsV1":{"f:time":{"time":"2030-01-01T00:00:00Z"}}},{"time":"2026-03-01T03:00:01Z"}]},
             "status":{"images":[{"names":["big"]}],"phase":"Running","n":1.50,"t":true,"z":null}}
            """, out var writtenAt);

        writtenAt.ShouldBe(new DateTimeOffset(2026, 3, 1, 3, 0, 5, TimeSpan.Zero));
        thin["metadata"]["managedFields"].Exists.ShouldBeFalse();
        thin["status"]["images"].Exists.ShouldBeFalse();
        thin["metadata"]["annotations"].Texts.ShouldBe(new Dictionary<string, string> { ["keep"] = "me" });
        thin["status"]["phase"].Text.ShouldBe("Running");
        thin["status"]["n"].Text.ShouldBe("1.50");
        thin["status"]["t"].IsTrue.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"metadata":{"managedFields":"no list","name":"a"}}""")]
    [InlineData("""{"metadata":{"managedFields":[7,["x"],{"time":5},{"time":{"a":1}},{"time":"never"}],"name":"a"}}""")]
    [InlineData("""{"metadata":{"managedFields":null,"name":"a"}}""")]
    [InlineData("""{"metadata":{"\ud800":"x","name":"a"}}""")]
    [InlineData("""{"metadata":[],"status":{"images":{}},"metadata":{"name":"a"}}""")]
    public void Thin_WronglyTypedFields_CostOnlyThemselves(string hostile) => Thin(hostile, out _)["metadata"]["name"].Text.ShouldBe("a");

    [Fact]
    public void Thin_GiantText_KeepsItsBeginningAndAllElse()
    {
        var giant = new string('x', 10 << 20);
        var thin = Thin($$$"""{"metadata":{"annotations":{"a":"{{{giant}}}","\ud83d{{{giant}}}":"b"},"name":"a"}}""", out _);

        thin["metadata"]["annotations"]["a"].Text.ShouldStartWith("xxx");
        thin.Length.ShouldBeLessThan(16_384);
        thin["metadata"]["name"].Text.ShouldBe("a");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("""{"a":""")]
    public void Thin_NoObject_IsRefusedAsSuch(string text) => Should.Throw<JsonException>(() => Thin(text, out _));

    [Fact]
    public void Thin_KeepsEveryOtherValueAsItWasWritten() => Gen.Dictionary(Gen.String[Gen.Char['!', '~'], 1, 8], Gen.OneOf<object?>(Gen.Int.Select(value => (object?)value), Gen.String.Select(value => (object?)value), Gen.Bool.Select(value => (object?)value), Gen.Const((object?)null)))[0, 8].Sample(values =>
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["spec"] = values });
        var thin = JsonSerializer.SerializeToUtf8Bytes(ObjectThinner.Thin(json, out _));
        return JsonElement.DeepEquals(JsonElement.Parse(json), JsonElement.Parse(thin));
    }, iter: 500);

    private static Field Thin(string json, out DateTimeOffset? writtenAt) => new(ObjectThinner.Thin(Encoding.UTF8.GetBytes(json), out writtenAt));
}
