using Prunella.Logs.Classification;
using Prunella.Reasoning.Rating;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Rating;

public class TemplateRaterTests
{
    private static RatedTemplate[] Templates(int count) => [.. Enumerable.Range(1, count).Select(number => new RatedTemplate($"{number:x16}", $"template {number} of <*>", number, number == 3 ? LineClass.Critical : LineClass.Interesting))];

    private static object Ratings(int count, string lineClass = "routine") => new { ratings = Enumerable.Range(1, count).Select(number => new { number, @class = lineClass, why = "w" }) };

    [Fact]
    public async Task Templates_AreRatedInBatches_AndWhatIsCriticalStaysSo()
    {
        await using var model = new ScriptedModel(Providers.ProviderKind.OpenAi, ModelReply.Say(Ratings(80)), ModelReply.Say(Ratings(80)), ModelReply.Say(Ratings(5, "critical")));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var rated = await new TemplateRater(bench.Reasoner).RateAsync(Templates(165), TestContext.Current.CancellationToken);
        model.Requests.Count.ShouldBe(3);
        rated.Note.ShouldBe("");
        rated.Dollars.ShouldBeGreaterThan(0);
        rated.Ratings.Select(rating => rating.Template.Id).ShouldBe(Templates(165).Select(template => template.Id));
        rated.Ratings[0].Class.ShouldBe(LineClass.Routine);
        rated.Ratings[2].Class.ShouldBe(LineClass.Critical, "a model hides no error");
        rated.Ratings[164].Class.ShouldBe(LineClass.Critical);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task RatingsThatDoNotFit_LeaveTheBuiltInClass(int count)
    {
        await using var model = new ScriptedModel(Providers.ProviderKind.Anthropic, ModelReply.Say(Ratings(count)));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var rated = await new TemplateRater(bench.Reasoner).RateAsync(Templates(5), TestContext.Current.CancellationToken);
        rated.Ratings.ShouldAllBe(rating => rating.Class == rating.Template.BuiltIn && rating.Why == "");
        rated.Note.ShouldContain("ratings: number");
    }
}
