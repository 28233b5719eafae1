using Prunella.Logs.Archive;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Telling;

public class TrafficTests
{
    private static readonly DateTime Eight = new(2026, 3, 5, 8, 0, 0, DateTimeKind.Unspecified);

    internal static TrafficPicture Busy { get; } = TrafficPicture.Of(
    [
        Block(0, "a", "GET <*> took <*> ms", 600, 60, [new("took", 1, 12, 30, 80, 9_000)], [new("path", "/cart", 590)]),
        Block(1, "a", "GET <*> took <*> ms", 640, 64, [new("took", 2, 14, 31, 70, 90)], []),
        Block(2, "a", "GET <*> took <*> ms", 4_000, 400, [new("took", 1, 16, 28, 60, 75)], []),
        Block(1, "b", "cache flushed", 100, 10, [], []),
        Block(2, "c", "disk is full", 50, 5, [], []) with { Class = "Critical" },
    ]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void APicture_AddsIntervalsUp_AndKeepsRoutineOnly()
    {
        (Busy.Lines, Busy.Intervals, Busy.Kinds.Count).ShouldBe((5_340, 3, 2));
        (Busy.From, Busy.To).ShouldBe((Eight, Eight.AddMinutes(30)));
        var get = Busy.Kinds[0];
        (get.Lines, get.PerMinute, get.PerMinuteMost).ShouldBe((5_240, 64, 400));
        get.Numbers.ShouldHaveSingleItem().ShouldBe(new NumberSummary("took", 1, 14, 31, 80, 9_000));
    }

    [Fact]
    public async Task WithoutAModel_TheParagraphTellsKindsRatesAndWhatStandsOut()
    {
        var told = await new TrafficTeller(new NoModel()).TellAsync(Busy, Cancellation);
        told.Value.Headline.ShouldBe("5,340 routine lines of 2 kinds in 30 min; the 2 most frequent are 100 %.");
        told.Value.Usual.ShouldStartWith("“GET <*> took <*> ms” comes 64 times a minute, 5,240 times in all (98.1 %); took is 14 at the median and at most 80 in 99 of 100.");
        told.Value.Notable.ShouldBe(["“GET <*> took <*> ms” came up to 400 times a minute, 6.3 times its usual rate.", "took of “GET <*> took <*> ms” is 14 at the median, but 9,000 at most."]);
        (await new TrafficTeller(new NoModel()).TellAsync(TrafficPicture.Of([]), Cancellation)).Value.Headline.ShouldBe("There is no routine traffic.");
    }

    [Theory]
    [InlineData(0.1, "0.1 times a minute")]
    [InlineData(0.05, "3 times an hour")]
    [InlineData(0.001, "1.44 times a day")]
    public async Task ARateBelowOneAMinute_IsToldInTheUnitInWhichItIsSome(double perMinute, string expected)
    {
        var told = await new TrafficTeller(new NoModel()).TellAsync(TrafficPicture.Of([Block(0, "a", "cache flushed", 100, perMinute, [], [])]), Cancellation);
        told.Value.Usual.ShouldStartWith($"“cache flushed” comes {expected}, 100 times in all");
    }

    [Fact]
    public async Task AModel_SeesNumbersAndTemplates_AndMayInventNoNumber()
    {
        await using var model = new ScriptedModel(
            ProviderKind.OpenAi, ModelReply.Say(new { headline = "A shop serving 64 requests a minute.", usual = "Half take at most 14 ms.", notable = new[] { "A burst of 400 a minute." } }),
            ModelReply.Say(new { headline = "A shop serving 65 requests a minute.", usual = "u", notable = Array.Empty<string>() }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.Cache.Enabled = false));
        var teller = new TrafficTeller(bench.Reasoner);
        (await teller.TellAsync(Busy, Cancellation)).Value.Headline.ShouldBe("A shop serving 64 requests a minute.");
        var refused = await teller.TellAsync(Busy, Cancellation);
        (refused.By, refused.Note.Contains("65", StringComparison.Ordinal)).ShouldBe(("built-in", true));
    }

    private static BlockSummary Block(long block, string id, string template, long lines, double perMinute, IReadOnlyList<NumberSummary> numbers, IReadOnlyList<ValueCount> top) =>
        new(block, Eight.AddMinutes(10 * block), Eight.AddMinutes(10 * block + 10), id, template, "Routine", lines, perMinute, numbers, top);
}
