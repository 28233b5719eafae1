using System.Globalization;
using System.Reflection;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

/// <summary>
/// The second half of the questions: written down with their queries before the translator was run on them, and not for building it.
/// What it makes of them is measured, not asserted one by one: 101 of 110 to the letter the first time, and 10 of 10 that speak of hosts.
/// </summary>
public sealed class UnseenQuestionTests
{
    private const double ExactLeast = 0.9;
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 30, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, QuestionVocabulary> Vocabularies = new(StringComparer.Ordinal)
    {
        ["shop"] = new QuestionVocabulary { Services = ["payment-service", "checkout", "auth", "api-gateway", "OrderService"], Keys = ["user", "tenant", "region"], Events = new Dictionary<string, DateTimeOffset> { ["deployment"] = Now.AddMinutes(-50) } },
        ["cluster"] = new QuestionVocabulary { Services = ["kubelet", "kube-scheduler", "kube-apiserver", "etcd"], Keys = ["namespace", "container"] },
        ["hosts"] = new QuestionVocabulary { Services = ["sshd", "kernel", "su"], Keys = ["uid", "port"], Hosts = ["combo", "web-3", "10.0.0.7"] },
    };

    private static List<string[]> Rows { get; } =
        [.. File.ReadAllLines(Path.Combine(Checkout.Root, "tests/Prunella.Logs.Tests/Questions/unseen-questions.tsv")).Where(line => line.Length > 0).Select(line => line.Split('\t'))];

    [Fact]
    public void Page_TellsHowManyQuestionsThereAreInEachHalf()
    {
        var first = typeof(EnglishQuestionTests).GetMethod(nameof(EnglishQuestionTests.Question_BecomesTheQuery))!.GetCustomAttributes<InlineDataAttribute>().ToList();
        var exact = first.Count(question => EnglishQuestionTests.Translated((string)question.Data[0]!) == (string)question.Data[1]!);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first.Count} questions, {(double)exact / first.Count:0.0 %} exact"));
        first.Count.ShouldBeGreaterThanOrEqualTo(100);
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/questions.md"));
        page.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"Of {first.Count} questions that it was built with, all"));
        page.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{Rows.Count} further ones"));
    }

    [Fact]
    public void SecondHalf_IsTranslatedMostlyToTheLetter()
    {
        var rows = Rows;
        rows.Count.ShouldBeGreaterThanOrEqualTo(100);
        var translators = Vocabularies.ToDictionary(vocabulary => vocabulary.Key, vocabulary => new EnglishQuestion(vocabulary.Value), StringComparer.Ordinal);
        var wrong = rows.Select(row => (Question: row[1], Wanted: row[2], Got: translators[row[0]].Translate(row[1], Now).Question.ToString())).Where(row => row.Got != row.Wanted).ToList();
        var exact = 1 - ((double)wrong.Count / rows.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rows.Count} questions, {exact:0.0 %} exact");
        foreach (var (question, wanted, got) in wrong) TestContext.Current.TestOutputHelper?.WriteLine($"{question}\n  wanted {wanted}\n  got    {got}");
        exact.ShouldBeGreaterThanOrEqualTo(ExactLeast);
    }
}
