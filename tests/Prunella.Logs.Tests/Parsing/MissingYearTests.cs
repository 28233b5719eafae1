using System.Text;
using Microsoft.Extensions.Time.Testing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Parsing;

public sealed class MissingYearTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 12, 31, 23, 59, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Dec 31 23:58:59", 2026)]
    [InlineData("Nov  2 10:00:00", 2026)]
    [InlineData("Jan  1 00:30:00", 2027)] // Half an hour ahead: a clock elsewhere, or a zone to the east.
    [InlineData("Jan  2 00:30:00", 2026)]
    [InlineData("Jan 20 10:00:00", 2026)]
    public void Parse_TimeWithoutYear_TakesTheLatestThatIsNotAhead(string time, int year) => Year(Parser(), time).ShouldBe(year);

    [Fact]
    public void Parse_TheYearBegins_FollowsTheClock()
    {
        var parser = Parser();
        Year(parser, "Dec 31 23:58:59").ShouldBe(2026);
        clock.Advance(TimeSpan.FromMinutes(2));
        Year(parser, "Jan  1 00:00:30").ShouldBe(2027);
        Year(parser, "Dec 31 23:59:30").ShouldBe(2026);
        // Nothing came for two weeks; the clock was last read before the year's end.
        var quiet = Parser(new FakeTimeProvider(new DateTimeOffset(2026, 12, 20, 0, 0, 0, TimeSpan.Zero)), out var its);
        Year(quiet, "Dec 19 10:00:00").ShouldBe(2026);
        its.Advance(TimeSpan.FromDays(16));
        Year(quiet, "Jan  4 10:00:00").ShouldBe(2027);
    }

    [Theory]
    [InlineData("{\"time\":\"Dec 10 09:00:00\",\"level\":\"info\",\"msg\":\"took 3 ms\"}")]
    [InlineData("time=\"Dec 10 09:00:00\" level=info msg=\"took 3 ms\"")]
    [InlineData("I1210 09:00:00.000000 1 main.go:10] took 3 ms")]
    [InlineData("12-10 09:00:00.000  1702  2395 D Wifi: took 3 ms")]
    public void Parse_EveryFormWithoutYear_IsOfLastYearInNovember(string line)
    {
        clock.SetUtcNow(new DateTimeOffset(2027, 11, 23, 0, 0, 0, TimeSpan.Zero));
        var parser = Parser();
        for (var n = 0; n < 50; n++) parser.Parse(Encoding.UTF8.GetBytes(line));
        new DateTime(parser.Parse(Encoding.UTF8.GetBytes(line)).TimeTicks).ShouldBe(new DateTime(2026, 12, 10, 9, 0, 0));
    }

    [Fact]
    public void Parse_YearGiven_IsTakenAsItIs() =>
        Year(new LogParser(new LogParserOptions { Year = 2031, Clock = clock }), "Dec 31 23:58:59").ShouldBe(2031);

    private LogParser Parser() => new(new LogParserOptions { Clock = clock });

    private static LogParser Parser(FakeTimeProvider time, out FakeTimeProvider same) => new(new LogParserOptions { Clock = same = time });

    private static int Year(LogParser parser, string time) => new DateTime(parser.TimeOf(Encoding.UTF8.GetBytes($"{time} web-1 sshd[42]: Accepted password for root"))).Year;
}
