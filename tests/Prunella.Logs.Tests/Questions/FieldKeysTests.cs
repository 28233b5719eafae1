using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class FieldKeysTests
{
    [Theory]
    [InlineData("order placed tenant=<*> uid=<*>", "tenant uid")]
    [InlineData("{\"Tenant\":\"<*>\",\"took_ms\": <*>,\"ok\":true}", "ok took_ms tenant")]
    [InlineData("user=\"<*>\" failed", "user")]
    [InlineData("Error: <*> of <*>", "")]
    [InlineData("=<*> x=<*> 9lives=<*>", "")]
    [InlineData("a.b-c_d=<*>", "a.b-c_d")]
    [InlineData("2026-11-23 ERROR app: order failed tenant=acme uid= 7", "tenant")]
    public void Keys_AreWhatStandsRightBeforeAValue(string template, string expected) =>
        string.Join(' ', FieldKeys.Of([template, template]).Order(StringComparer.Ordinal)).ShouldBe(string.Join(' ', expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));

    [Fact]
    public void Keys_AreBounded() => FieldKeys.Of(Enumerable.Range(0, 5_000).Select(number => $"key{number}=<*>")).Count.ShouldBe(FieldKeys.Max);
}
