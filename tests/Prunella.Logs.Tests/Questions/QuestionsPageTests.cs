using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class QuestionsPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void EveryQuestionOfThePage_BecomesWhatThePageSays_AndIsAnswered()
    {
        var lines = Lines();
        var keys = FieldKeys.Of(lines);
        var english = new EnglishQuestion(new QuestionVocabulary { Services = ["checkout", "payment-service"], Keys = keys });
        var rows = File.ReadAllLines(Path.Combine(Checkout.Root, "docs/questions.md")).SkipWhile(line => line != "| question | written |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Replace("\\|", "\u0001", StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries)).ToList();
        rows.Count.ShouldBe(20);
        var answered = 0;
        foreach (var row in rows)
        {
            var question = english.Translate(row[1], Now).Question;
            question.ToString().ShouldBe(row[2].Trim('`').Replace('\u0001', '|'), row[1]);
            var answer = AnswerOf(question, lines);
            answer.LinesRead.ShouldBe(lines.Count, row[1]);
            answer.Summary.ShouldNotBeEmpty(row[1]);
            if (answer.Total > 0) answered++;
            // What is shown is what was counted: the written form gives the same answer again.
            AnswerOf(QuestionText.Parse(answer.Query), lines).Total.ShouldBe(answer.Total, row[1]);
        }
        answered.ShouldBeGreaterThanOrEqualTo(16, "a log of a day of a shop has something to say to most of them");
    }

    private static QuestionAnswer AnswerOf(LogQuestion question, List<string> lines)
    {
        var parser = new LogParser();
        foreach (var line in lines) parser.Learn(Encoding.UTF8.GetBytes(line));
        var tally = new QuestionTally(question, Now);
        for (var number = 0; number < lines.Count; number++) tally.Add(parser.Parse(Encoding.UTF8.GetBytes(lines[number])), number + 1);
        return tally.Answer();
    }

    // A day and a half of a shop, a line every ten seconds.
    private static List<string> Lines()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 12_960).Select(number =>
        {
            var time = Now.AddHours(-36).AddSeconds(number * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
            var tenant = $"tenant=t{random.Next(4)}";
            return random.Next(11) switch
            {
                0 => $"{time} ERROR checkout: database query timed out after {random.Next(1, 5)}.{random.Next(10)} s {tenant}",
                1 => $"{time} ERROR payment-service: payment failed for user=u{random.Next(9)} {tenant} status={500 + random.Next(4)}",
                2 => $"{time} WARN auth: Login failed for user=u{random.Next(9)} from 10.0.0.{random.Next(4)}",
                3 => $"{time} ERROR payment-service: connection refused by host=node-{random.Next(3)}",
                4 => $"{time} FATAL checkout: out of memory {tenant}",
                5 => $"{time} INFO gateway: \"GET /api/v1/orders HTTP/1.1\" {(random.Next(3) == 0 ? 503 : 200)} {random.Next(900)} duration={random.Next(3_000)}ms",
                6 => $"{time} WARN checkout: heartbeat late",
                7 => $"{time} WARN gateway: slow answer took {random.Next(1, 6)}s host=node-{random.Next(3)}",
                8 => $"{time} DEBUG checkout: cache miss {tenant}",
                9 => $"{time} INFO payment-service: wrote {random.Next(4_000_000)} bytes for {tenant}",
                _ => $"{time} INFO checkout: order {random.Next(9_999)} placed {tenant}",
            };
        })];
    }
}
