using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class QuestionsPageTests
{
    [Fact]
    public void EveryQuestionOfThePage_BecomesWhatThePageSays()
    {
        var english = new EnglishQuestion(new QuestionVocabulary { Services = ["checkout", "payment-service"], Keys = ["tenant"] });
        var rows = File.ReadAllLines(Path.Combine(Checkout.Root, "docs/questions.md")).SkipWhile(line => line != "| question | written |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Replace("\\|", "\u0001", StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)).ToList();
        rows.Count.ShouldBe(20);
        foreach (var row in rows)
            english.Translate(row[1], new DateTimeOffset(2026, 3, 5, 12, 30, 0, TimeSpan.Zero)).Question.ToString().ShouldBe(row[2].Trim('`').Replace('\u0001', '|'), row[1]);
    }
}
