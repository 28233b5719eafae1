using System.Globalization;
using Prunella.Kubernetes.Chaos;

namespace Prunella.Kubernetes.Tests.Chaos;

/// <summary>When schedules come up.</summary>
public class ScheduleClockTests
{
    [Theory]
    [InlineData("@every 30s", "2026-03-01T10:00:10Z", "2026-03-01T10:00:40Z")]
    [InlineData("*/15 * * * *", "2026-03-01T10:00:10Z", "2026-03-01T10:15:00Z")]
    [InlineData("0 3 * * *", "2026-03-01T10:00:10Z", "2026-03-02T03:00:00Z")]
    [InlineData("30 9-17/4 * * mon-fri", "2026-03-06T13:31:00Z", "2026-03-06T17:30:00Z")]
    [InlineData("30 9-17/4 * * mon-fri", "2026-03-06T17:30:00Z", "2026-03-09T09:30:00Z")]
    [InlineData("0 0 13 * 5", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("@weekly", "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z")]
    public void Next_IsTheFirstTimeAfter(string schedule, string after, string expected) =>
        ScheduleClock.Next(schedule, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture)).ShouldBe(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture));

    [Fact]
    public void Next_DayThatNeverComes_IsNone() => ScheduleClock.Next("0 0 30 2 *", DateTimeOffset.UnixEpoch).ShouldBeNull();
}
