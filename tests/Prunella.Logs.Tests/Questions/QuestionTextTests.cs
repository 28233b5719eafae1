using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class QuestionTextTests
{
    [Fact]
    public void Parse_OfEveryPart_IsTheQuestion()
    {
        var question = QuestionText.Parse("level>=warning level<=error service=a,\"b c\" \"time \\\"out\\\"\"|\"late\" -\"health\" status>=500 duration<1500ms size=10KB \"user id\">3 since=2026-03-05T10:00:00Z until=2026-03-05T11:00:00.25Z | count by region top 7 compare");
        question.LevelMin.ShouldBe(Severity.Warning);
        question.LevelMax.ShouldBe(Severity.Error);
        question.Services.ShouldBe(["a", "b c"]);
        question.Words.ShouldBe([new WordCondition(["time \"out\"", "late"]), new WordCondition(["health"], Not: true)]);
        question.Numbers.ShouldBe([new("status", NumberTest.AtLeast, 500), new("duration", NumberTest.Below, 1500), new("size", NumberTest.Is, 10_000), new("user id", NumberTest.Above, 3)]);
        question.Since.ShouldBe(new DateTimeOffset(2026, 3, 5, 10, 0, 0, TimeSpan.Zero));
        question.Until.ShouldBe(new DateTimeOffset(2026, 3, 5, 11, 0, 0, 250, TimeSpan.Zero));
        (question.Result, question.By, question.Top, question.AgainstBefore).ShouldBe((QuestionResult.Groups, "region", 7, true));
        QuestionText.Parse(question.ToString()).ShouldBe(question);
    }

    [Theory]
    [InlineData("level>=loud", "loud")]
    [InlineData("level>error", "level>")]
    [InlineData("since=soon", "soon")]
    [InlineData("duration>2", "2")]
    [InlineData("status>many", "many")]
    [InlineData("\"open", "character 1")]
    [InlineData("word", "word")]
    [InlineData("=5", "=5")]
    [InlineData("| dance", "dance")]
    [InlineData("| count by", "by")]
    [InlineData("| top none", "none")]
    [InlineData("| over never", "never")]
    public void Parse_OfWhatIsWrong_NamesTheWord(string text, string word) => Should.Throw<FormatException>(() => QuestionText.Parse(text)).Message.ShouldContain(word);
}
