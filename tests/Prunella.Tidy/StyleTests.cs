using System.Text.RegularExpressions;

namespace Prunella.Tidy;

/// <summary>The house rules that a machine can check, over the whole tree.</summary>
public partial class StyleTests
{
    private const int LinesMax = 520;
    private static readonly string[] GrabBags = ["Common", "Utils", "Utilities", "Helpers", "Helper", "Manager", "Managers", "Misc", "Services", "Models", "Interfaces", "Shared"];

    private static IEnumerable<string> Sources => SourceTree.Files("src", "*.cs").Concat(SourceTree.Files("tests", "*.cs")).Concat(SourceTree.Files("bench", "*.cs"));

    [Fact]
    public void Files_StayShort() => Offenders(text => text.Split('\n').Length > LinesMax).ShouldBeEmpty($"longer than {LinesMax} lines");

    [Fact]
    public void Folders_AreConcepts() =>
        Sources.Where(path => path.Split('/')[..^1].Intersect(GrabBags, StringComparer.Ordinal).Any()).Select(Path.GetDirectoryName).Distinct().ShouldBeEmpty();

    [Fact]
    public void Namespaces_AreTheFolders()
    {
        var wrong = new List<string>();
        foreach (var path in SourceTree.Files("src", "*.cs"))
        {
            if (NamespaceLine().Match(SourceTree.Read(path)) is not { Success: true } match) continue;
            var expected = string.Join('.', path.Split('/')[1..^1]);
            if (match.Groups[1].Value != expected) wrong.Add($"{path}: {match.Groups[1].Value}, expected {expected}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void NoRegionsNoBannersNoToDos() => Offenders(text => Unwanted().IsMatch(text)).ShouldBeEmpty();

    [Fact]
    public void NothingIsLeftUnwritten() => Offenders(text => text.Contains("NotImplemented" + "Exception", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void NoMergeIsHalfDone() =>
        Sources.Concat(SourceTree.Files("docs", "*.md")).Concat(SourceTree.Files("deploy", "*.yaml")).Append("README.md").Append("CHANGELOG.md")
            .Where(path => HalfMerged().IsMatch(SourceTree.Read(path))).ShouldBeEmpty();

    [Fact]
    public void TestsAreNotSwitchedOff() => Offenders(text => SwitchedOff().IsMatch(text)).ShouldBeEmpty("skip at run time with a reason, not in the attribute");

    [Fact]
    public void ErrorsAreNotTakenApartByTheirText() =>
        SourceTree.Files("src", "*.cs").Where(path => MessageMatch().IsMatch(SourceTree.Read(path))).ShouldBeEmpty("catch by type or code, never by message text");

    [Fact]
    public void ProgramIsShort() => SourceTree.Read("src/Prunella/Program.cs").Split('\n').Length.ShouldBeLessThan(80);

    [Fact]
    public void SafetyRules_NameTestsThatExist()
    {
        var all = string.Join('\n', Sources.Where(path => path.StartsWith("tests/", StringComparison.Ordinal)).Select(SourceTree.Read));
        var named = TestName().Matches(SourceTree.Read("docs/safety.md")).Select(match => match.Groups[1].Value).ToList();
        named.Count.ShouldBeGreaterThan(10);
        named.Where(name => !all.Contains($" {name}(", StringComparison.Ordinal)).ShouldBeEmpty("docs/safety.md names tests that do not exist");
    }

    [Fact]
    public void LinksInDocs_LeadSomewhere()
    {
        var broken = new List<string>();
        foreach (var path in SourceTree.Files(".", "*.md").Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path))
        {
            foreach (Match link in LocalLink().Matches(SourceTree.Read(path)))
            {
                var target = Path.Combine(SourceTree.Root, Path.GetDirectoryName(path)!, link.Groups[1].Value.Split('#')[0]);
                if (!File.Exists(target) && !Directory.Exists(target)) broken.Add($"{path}: {link.Groups[1].Value}");
            }
        }

        broken.ShouldBeEmpty();
    }

    private static IEnumerable<string> Offenders(Func<string, bool> offends) => Sources.Where(path => !path.EndsWith("StyleTests.cs", StringComparison.Ordinal) && offends(SourceTree.Read(path)));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^\s*#region|^\s*//\s*[=\-*]{6,}|//\s*(TODO|HACK|FIXME)\b", RegexOptions.Multiline)]
    private static partial Regex Unwanted();

    [GeneratedRegex(@"\[(Fact|Theory)\([^)]*Skip\s*=")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"^(<<<<<<<|>>>>>>>) ", RegexOptions.Multiline)]
    private static partial Regex HalfMerged();

    [GeneratedRegex(@"\b(ex|exception|error|failure)\.Message\.(Contains|StartsWith|EndsWith)\(")]
    private static partial Regex MessageMatch();

    [GeneratedRegex(@"`(?:\w+\.)?(\w+_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)\s]+)\)")]
    private static partial Regex LocalLink();
}
