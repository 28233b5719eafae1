using Prunella.Incidents;
using Prunella.Remediation.Limits;

namespace Prunella.Remediation.Tests.Limits;

public class WindowClockTests
{
    private static readonly Target Shop = new("default", "shop", "Deployment", "api");
    private static readonly DateTimeOffset Friday = new(2026, 3, 6, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Freeze_ClosesForItsLength_AndSaysUntilWhen()
    {
        var clock = new WindowClock(new WindowOptions { Freezes = { new Window { Name = "weekend", Begins = "0 22 * * FRI", Lasts = TimeSpan.FromHours(56) } } });
        clock.ClosedFor(Shop, Friday, out var opensAt).ShouldNotBeNull().ShouldContain("weekend");
        opensAt.ShouldBe(new DateTimeOffset(2026, 3, 9, 6, 0, 0, TimeSpan.Zero));
        clock.ClosedFor(Shop, new DateTimeOffset(2026, 3, 9, 6, 0, 0, TimeSpan.Zero), out _).ShouldBeNull();
        clock.ClosedFor(Shop, new DateTimeOffset(2026, 3, 6, 21, 59, 59, TimeSpan.Zero), out _).ShouldBeNull();
    }

    [Fact]
    public void Allowed_ClosesOutside_AndOnlyForItsNamespace()
    {
        var clock = new WindowClock(new WindowOptions { Allowed = { new Window { Name = "office", Begins = "0 9 * * MON-FRI", Lasts = TimeSpan.FromHours(8), Namespace = "shop" } } });
        clock.ClosedFor(Shop, Friday, out var opensAt).ShouldNotBeNull();
        opensAt.ShouldBe(new DateTimeOffset(2026, 3, 9, 9, 0, 0, TimeSpan.Zero));
        clock.ClosedFor(Shop, Friday.AddHours(-6), out _).ShouldBeNull();
        clock.ClosedFor(Shop with { Namespace = "other" }, Friday, out _).ShouldBeNull();
    }

    [Fact]
    public void BadWindows_GiveEveryErrorAtOnce()
    {
        var error = Should.Throw<ArgumentException>(() => new WindowClock(new WindowOptions
        {
            TimeZone = "Mars/Olympus", Freezes = { new Window { Begins = "whenever", Lasts = TimeSpan.Zero } },
        }));
        error.Message.ShouldContain("timeZone");
        error.Message.ShouldContain("freezes:0:begins");
        error.Message.ShouldContain("freezes:0:lasts");
    }
}
