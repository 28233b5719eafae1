using Prunella.Logs.Questions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Scripted;
using QuestionText = Prunella.Logs.Questions.QuestionText;

namespace Prunella.Reasoning.Tests.Telling;

public class AnswerTellerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly LogQuestion Question = QuestionText.Parse("level>=error since=2026-03-05T11:00:00Z | count by pattern compare");

    private static readonly QuestionAnswer Answer = new QuestionAnswer
    {
        Query = Question.ToString(), LinesRead = 9_000, Total = 120, TotalBefore = 4, FirstAt = Noon.AddMinutes(-50), LastAt = Noon, Summary = "", Every = TimeSpan.FromMinutes(5),
        Patterns = [new AnswerGroup("payment <*> timed out after <*> ms", 100, 100.0 / 120, 0)], Groups = [new AnswerGroup("payment <*> timed out after <*> ms", 100, 100.0 / 120, 0)],
        Course = [new AnswerInterval(Noon.AddMinutes(-50), 5), new AnswerInterval(Noon.AddMinutes(-45), 115)],
        Changes = [new AnswerChange(Noon.AddMinutes(-52), "rollout", "Deployment shop/payment: revision 7: payment:2.1"), new AnswerChange(Noon.AddMinutes(-20), "alert", "Deployment shop/payment: PaymentSlow")],
    }.InWords(Question);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAModel_TheAnswerIsTwoSentencesOfTheQuerysNumbers_AndNamesWhatChangedBefore()
    {
        var told = await new AnswerTeller(new NoModel()).TellAsync("what caused the errors", Question, Answer, Cancellation);
        told.By.ShouldBe("built-in");
        told.Note.ShouldBe(NoModel.Text);
        told.Value.Answer.ShouldBe("120 errors, from 2026-03-05 11:10:00 to 2026-03-05 12:00:00; 4 in the same time before (30 times as many now). New is “payment <*> timed out after <*> ms”, 100 times.");
        told.Value.Next.ShouldBe("Look first at what changed before: Deployment shop/payment: revision 7: payment:2.1 (rollout, 2026-03-05 11:08:00).");
    }

    [Fact]
    public async Task AModelsWords_AreUsed_WhenTheirNumbersAreTheQuerys()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { answer = "120 errors, 100 of them payments that time out, right after revision 7 was rolled out.", next = "Look at payment:2.1." }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var told = await new AnswerTeller(bench.Reasoner).TellAsync("what caused the errors", Question, Answer, Cancellation);
        told.By.ShouldBe("test-model");
        told.Value.Answer.ShouldStartWith("120 errors, 100 of them");
        model.Requests.Single().Everything.ShouldContain("changed at the same time: 11:08:00 rollout: Deployment shop/payment: revision 7");
    }

    [Fact]
    public async Task ANumberThatTheQueryDidNotCount_IsRefused_AndTheBuiltInWordsStand()
    {
        var wrong = ModelReply.Say(new { answer = "There were 4711 errors.", next = "" });
        await using var model = new ScriptedModel(ProviderKind.OpenAi, wrong, wrong);
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var told = await new AnswerTeller(bench.Reasoner).TellAsync("what caused the errors", Question, Answer, Cancellation);
        told.By.ShouldBe(Told<AnswerStory>.BuiltIn);
        told.Value.Answer.ShouldStartWith("120 errors");
        told.Note.ShouldContain("4711");
        model.Requests.Count.ShouldBe(2, "it may repair its answer once");
    }
}
