using CsCheck;
using Prunella.Incidents.Actions;

namespace Prunella.Incidents.Tests;

public class QuantityTests
{
    [Theory]
    [InlineData("512Mi", 536_870_912.0)]
    [InlineData("1.5Gi", 1_610_612_736.0)]
    [InlineData("250m", 0.25)]
    [InlineData("2", 2.0)]
    [InlineData("1e3", 1_000.0)]
    [InlineData("3k", 3_000.0)]
    public void TryParse_Quantity_GivesBaseUnits(string text, double value)
    {
        Quantity.TryParse(text, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(value, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1Mi")]
    [InlineData("Mi")]
    [InlineData("1 Mi")]
    [InlineData("1MiB")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    public void TryParse_NoQuantity_IsFalse(string text) => Quantity.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Duration_FormatParses_Back() =>
        Gen.Long[0, 1_000_000_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)).Sample(
            span =>
            {
                Duration.TryParse(Duration.Format(span), out var back).ShouldBeTrue();
                Math.Abs((back - span).TotalMilliseconds).ShouldBeLessThan(1);
            },
            iter: 10_000);

    [Theory]
    [InlineData("1h30m", 5_400)]
    [InlineData("90s", 90)]
    [InlineData("7d", 604_800)]
    public void Duration_Parses(string text, double seconds)
    {
        Duration.TryParse(text, out var span).ShouldBeTrue();
        span.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData("5 m")]
    [InlineData("-5m")]
    [InlineData("99999d")]
    public void Duration_NoDuration_IsFalse(string text) => Duration.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Fingerprint_PartsNeverRunTogether() =>
        Gen.Select(Gen.String, Gen.String, Gen.String, Gen.String).Sample(
            (one, two, three, four) => (Fingerprint.Of([one, two]) == Fingerprint.Of([three, four])).ShouldBe(one == three && two == four), iter: 10_000);

    [Fact]
    public void Target_KeyParses_Back()
    {
        var target = new Target("default", "", "Node", "node-1");
        Target.TryParse(target.Key, out var back).ShouldBeTrue();
        back.ShouldBe(target);
        Target.TryParse("a/b/c", out _).ShouldBeFalse();
        Target.TryParse("a/b//d", out _).ShouldBeFalse();
    }
}
