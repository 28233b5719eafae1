using Prunella.Reasoning.Answers;

namespace Prunella.Reasoning.Tests.Answers;

public class AnswerFormTests
{
    [Theory]
    [InlineData("1,200 errors at 07:05", "1200 at 7:5", null)]
    [InlineData("up 12.50 %", "12.5", null)]
    [InlineData("no figure at all", "", null)]
    [InlineData("it took 3 s.", "3", null)]
    [InlineData("about 1300 errors", "1200", "1300")]
    [InlineData("12.6 %", "12.5", "12.6")]
    [InlineData("0 of 17", "0, 18", "17")]
    public void Stranger_IsTheFirstNumberThatTheFactsDoNotHave(string text, string facts, string? stranger) => AnswerForm.Stranger(text, facts).ShouldBe(stranger);
}
