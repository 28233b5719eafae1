using Prunella.Logs.Bench;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Tests.Templates;

/// <summary>Grouping accuracy on logs made here, whose truth is known, in styles that no rule was written for.</summary>
public sealed class TemplateAccuracyOnSyntheticLogs(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. SyntheticLogs.All.Select(static log => log.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mine_RawLines_GroupsAsTheTruthDoes(string name)
    {
        var (lines, truth) = SyntheticLogs.All.Single(log => log.Name == name).Generate(2000, seed: 7);
        var found = Mine(lines);
        var accuracy = TemplateAccuracy.Of(truth, found, (n, text, groups) => output.WriteLine($"{n} {text}\n        {groups}"));
        foreach (var wrong in truth.Zip(found).Where(static x => x.First.Text != x.Second.Text).GroupBy(static x => (Truth: x.First.Text, x.Second.Text)).Take(20))
        {
            output.WriteLine($"PA {wrong.Count()}\n   {wrong.Key.Truth}\n   {wrong.Key.Text}");
        }

        output.WriteLine($"{name}: GA {accuracy.Ga:F3} PA {accuracy.Pa:F3} FGA {accuracy.Fga:F3} FTA {accuracy.Fta:F3}");
        accuracy.Ga.ShouldBeGreaterThanOrEqualTo(0.9);
        accuracy.Fga.ShouldBeGreaterThanOrEqualTo(0.85);
        accuracy.Pa.ShouldBeGreaterThanOrEqualTo(0.6);
    }

    internal static List<(string Group, string Text)> Mine(List<byte[]> lines)
    {
        var parser = new LogParser(new LogParserOptions { Year = 2026 });
        foreach (var line in lines)
        {
            parser.Learn(line);
        }

        foreach (var line in lines)
        {
            parser.Parse(line);
        }

        parser.Refine();
        return lines.ConvertAll(line =>
        {
            var template = parser.Parse(line).Template;
            return (template.Id.ToString(), template.Text);
        });
    }
}
