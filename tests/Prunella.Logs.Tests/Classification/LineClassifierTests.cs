using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Classification;

public sealed class LineClassifierTests
{
    [Theory]
    [InlineData("2026-03-17 08:00:01 INFO app: cache warmed in 5 ms", LineClass.Routine)]
    [InlineData("2026-03-17 08:00:01 WARN app: queue is filling", LineClass.Interesting)]
    [InlineData("2026-03-17 08:00:01 ERROR app: render broke", LineClass.Interesting)]
    [InlineData("2026-03-17 08:00:01 INFO app: connection refused by 10.0.0.1", LineClass.Interesting)]
    [InlineData("2026-03-17 08:00:01 INFO app: login of bob succeeded", LineClass.Routine)]
    [InlineData("Mar 17 08:00:01 h sshd[1]: Failed password for root from 10.0.0.1 port 5 ssh2", LineClass.Critical)]
    [InlineData("2026-03-17 08:00:01 ERROR app: payment 5 declined", LineClass.Critical)]
    [InlineData("2026-03-17 08:00:01 FATAL app: going down", LineClass.Critical)]
    [InlineData("2026-03-17 08:00:01 INFO db: page 5 is corrupt", LineClass.Critical)]
    public void Classify_ByLevelAndWords(string line, LineClass expected)
    {
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        var classifier = new LineClassifier(new ClassifierOptions { FirstLines = 0 });
        classifier.Classify(parser.Parse(Encoding.UTF8.GetBytes(line))).Class.ShouldBe(expected);
    }

    [Fact]
    public void Classify_RoutineLines_KeepsATenth_TheSameEveryRun()
    {
        var first = Run();
        var second = Run();
        second.ShouldBe(first);
        (first.Count(static k => k) / 20_000.0).ShouldBeInRange(0.08, 0.12);

        static List<bool> Run()
        {
            var parser = new LogParser(new LogParserOptions { Year = 2026 });
            var classifier = new LineClassifier();
            var kept = new List<bool>();
            for (var n = 0; n < 20_000; n++)
            {
                kept.Add(classifier.Classify(parser.Parse(Encoding.UTF8.GetBytes($"2026-03-17 08:00:01 INFO app: served {n} in {n % 7} ms"))).Keep);
            }

            classifier.Totals.Lines(LineClass.Routine).ShouldBe(20_000 - 3);
            classifier.Totals.Lines(LineClass.Interesting).ShouldBe(3);
            return kept;
        }
    }

    [Fact]
    public void Classify_Override_WinsOverWordsAndFirstLines()
    {
        var line = "2026-03-17 08:00:01 ERROR app: payment 5 declined"u8.ToArray();
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        var overrides = new ClassOverrides();
        overrides.Set(parser.Parse(line).Template.Id, LineClass.Routine);
        new LineClassifier(overrides: overrides).Classify(parser.Parse(line)).Class.ShouldBe(LineClass.Routine);
    }

    [Fact]
    public void Overrides_SaveThenLoad_IsTheSame_AndABadLineIsNamed()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var overrides = new ClassOverrides();
            overrides.Set(new Prunella.Logs.Templates.TemplateId(0x1234), LineClass.Critical);
            overrides.Save(path);
            ClassOverrides.Load(path).TryGet(new Prunella.Logs.Templates.TemplateId(0x1234), out var found).ShouldBeTrue();
            found.ShouldBe(LineClass.Critical);
            File.WriteAllText(path, "nonsense");
            Should.Throw<FormatException>(() => ClassOverrides.Load(path)).Message.ShouldContain(":1:");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
