using Prunella.Logs.Questions;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Reasoning.Translating;

namespace Prunella.Reasoning.Tests.Translating;

public class QuestionTranslatorTests
{
    private const string Odd = "is checkout feeling sluggish lately";
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 30, 0, TimeSpan.Zero);
    private static readonly QuestionVocabulary Vocabulary = new() { Services = ["checkout", "auth"], Keys = ["tenant"] };

    [Fact]
    public async Task WhatTheGrammarTakesLiterally_AModelTranslates_IntoAQueryThatIsRead()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { query = "service=checkout duration>1s since=2026-03-05T11:30:00Z | over time" }));
        var translated = await TranslateAsync(model, Odd);
        translated.Question.ToString().ShouldBe("service=checkout duration>1s since=2026-03-05T11:30:00Z | over time");
        translated.Model.ShouldNotBeEmpty();
        translated.Dollars.ShouldBeGreaterThan(0);
        model.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("service=checkout | delete")]
    [InlineData("service=billing")]
    [InlineData("level>=\u001b[2J")]
    [InlineData("rm -rf /")]
    public async Task WhatCannotBeRead_IsAskedOnceMore_AndThenTheGrammarStands(string query)
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { query }), ModelReply.Say(new { query }));
        var translated = await TranslateAsync(model, Odd);
        translated.Question.ToString().ShouldBe(BuiltIn(Odd).Question.ToString());
        translated.Note.ShouldNotBeEmpty();
        translated.Model.ShouldBeEmpty();
        model.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WhatTheGrammarUnderstands_IsNotAsked()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi);
        (await TranslateAsync(model, "errors of checkout in the last hour")).Question.ToString().ShouldBe("level>=error service=checkout since=2026-03-05T11:30:00Z");
        model.Requests.ShouldBeEmpty();
    }

    private static TranslatedQuestion BuiltIn(string english) => new EnglishQuestion(Vocabulary).Translate(english, Now);

    private static async Task<ModelTranslation> TranslateAsync(ScriptedModel model, string english)
    {
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        return await new QuestionTranslator(bench.Reasoner).TranslateAsync(english, BuiltIn(english), Vocabulary, Now, TestContext.Current.CancellationToken);
    }
}
