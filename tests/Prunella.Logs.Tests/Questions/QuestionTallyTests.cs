using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class QuestionTallyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Shop =
    [
        "2026-03-05T10:10:00Z INFO checkout: order 17 placed in 120ms user=ana status=200",
        "2026-03-05T10:20:00Z ERROR checkout: database query timed out after 2500ms user=ben status=503",
        "2026-03-05T10:30:00Z WARN auth: login failed for user=cid status=401",
        "2026-03-05T11:05:00Z ERROR checkout: database query timed out after 3500ms user=ana status=503",
        "2026-03-05T11:06:00Z ERROR checkout: database query timed out after 1500ms user=dot status=503",
        "2026-03-05T11:10:00Z ERROR payment: card refused by feedback loop user=ana status=500",
        "2026-03-05T11:50:00Z INFO checkout: order 18 placed in 90ms user=ben status=200",
    ];

    [Theory]
    [InlineData("", 7)]
    [InlineData("level>=error", 4)]
    [InlineData("level=warning", 1)]
    [InlineData("level<=info", 2)]
    [InlineData("service=checkout", 5)]
    [InlineData("service=auth,payment", 2)]
    [InlineData("\"timed out\"", 3)]
    [InlineData("\"db\"", 0)]
    [InlineData("\"card\"|\"login\"", 2)]
    [InlineData("\"user\" -\"ana\"", 4)]
    [InlineData("status>=500", 4)]
    [InlineData("status=401", 1)]
    [InlineData("duration>2s", 2)]
    [InlineData("duration<=120ms", 2)]
    [InlineData("order>17", 1)]
    [InlineData("since=2026-03-05T11:00:00Z", 4)]
    [InlineData("since=2026-03-05T10:20:00Z until=2026-03-05T11:05:00Z", 2)]
    public void Conditions_AllHold(string written, long lines) => Ask(written).Total.ShouldBe(lines);

    [Fact]
    public void Groups_AreCountedMostFirst()
    {
        Ask("| count by user").Groups.Select(group => (group.Value, group.Count)).ShouldBe([("ana", 3), ("ben", 2), ("cid", 1), ("dot", 1)]);
        Ask("| count by status top 2").Groups.Select(group => (group.Value, group.Count)).ShouldBe([("503", 3), ("200", 2)]);
        Ask("level>=error | count by service").Groups.Select(group => (group.Value, group.Count, group.Share)).ShouldBe([("checkout", 3, 0.75), ("payment", 1, 0.25)]);
        var patterns = Ask("| count by pattern", [.. Enumerable.Range(1, 30).Select(number => $"2026-03-05T11:00:{number:00}Z ERROR checkout: " + (number % 3 == 0 ? "card refused" : $"query {number} timed out"))]).Groups;
        patterns.Select(group => (group.Value, group.Count)).ShouldBe([("query <*> timed out", 20), ("card refused", 10)]);
    }

    [Fact]
    public void Compare_HoldsTheSameSpanBeforeAgainstIt()
    {
        var answer = Ask("level>=error since=2026-03-05T11:00:00Z | count by pattern compare");
        (answer.Total, answer.TotalBefore).ShouldBe((3, 1));
        answer.Groups.Single(group => group.Value.StartsWith("card", StringComparison.Ordinal)).IsNew.ShouldBeTrue();
        answer.Groups.Where(group => group.Value.StartsWith("database", StringComparison.Ordinal)).Sum(group => group.Count).ShouldBe(2);
        answer.Summary.ShouldContain("3 errors");
        answer.Summary.ShouldContain("1 in the same time before (3 times as many now)");
    }

    [Fact]
    public void Course_HasEveryInterval()
    {
        var answer = Ask("| over 30m");
        answer.Course.Select(interval => (interval.At.ToString("HH:mm", null), interval.Count)).ShouldBe([("10:00", 2), ("10:30", 1), ("11:00", 3), ("11:30", 1)]);
        answer.Course.Sum(interval => interval.Count).ShouldBe(answer.Total);
    }

    [Fact]
    public void FirstAndLast_AreTheEarliestAndTheLatest()
    {
        Ask("level>=error | first").Lines.Single().Number.ShouldBe(2);
        Ask("level>=error | last top 2").Lines.Select(line => line.Number).ShouldBe([5, 6]);
        Ask("level>=error").Lines.Count.ShouldBe(4);
    }

    [Fact]
    public void NothingThatFits_IsSaid()
    {
        var answer = Ask("\"unicorn\" since=2026-03-05T11:00:00Z");
        answer.Total.ShouldBe(0);
        answer.Summary.ShouldBe("None of 7 lines fits.");
        Ask("", []).Summary.ShouldBe("There are no lines to look at.");
    }

    [Theory]
    [InlineData("""127.0.0.1 - - [05/Mar/2026:11:00:00 +0000] "GET /a HTTP/1.1" 502 17 "-" "x" """, "status=502")]
    [InlineData("""{"time":"2026-03-05T11:00:00Z","level":"error","status_code":502,"latency_ms":1200,"msg":"x"}""", "status=502 duration=1200ms")]
    [InlineData("time=2026-03-05T11:00:00Z level=error msg=\"HTTP 502 from upstream\" bytes=2048", "status=502 size=2KiB")]
    [InlineData("2026-03-05 11:00:00 ERROR upstream answered HTTP/1.1 502 after 1.5s, retries: 4", "status=502 duration>=1.5s retries=4")]
    public void Numbers_AreFoundInEveryCommonForm(string line, string written) => Ask(written, [line]).Total.ShouldBe(1);

    [Fact]
    public void Noise_IsCountedAndNeverThrows()
    {
        var random = new Random(3);
        var parser = new LogParser();
        var tally = new QuestionTally(QuestionText.Parse("duration>1ms status>0 \"a\" | count by user"), Now);
        var line = new byte[300];
        for (var round = 0; round < 5_000; round++)
        {
            random.NextBytes(line);
            var length = random.Next(line.Length);
            "status= took 5"u8.CopyTo(line.AsSpan(random.Next(280)));
            tally.Add(parser.Parse(line.AsSpan(0, length)), round);
        }
        tally.Answer().LinesRead.ShouldBe(5_000);
    }

    private static QuestionAnswer Ask(string written, string[]? lines = null)
    {
        lines ??= Shop;
        var parser = new LogParser();
        foreach (var line in lines) parser.Learn(Encoding.UTF8.GetBytes(line));
        var tally = new QuestionTally(QuestionText.Parse(written), Now);
        for (var number = 0; number < lines.Length; number++) tally.Add(parser.Parse(Encoding.UTF8.GetBytes(lines[number])), number + 1);
        return tally.Answer();
    }
}
