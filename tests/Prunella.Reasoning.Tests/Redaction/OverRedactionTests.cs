using Prunella.Reasoning.Redaction;

namespace Prunella.Reasoning.Tests.Redaction;

/// <summary>How much of real logs is replaced, printed for a person to judge and bounded. The logs are not part of the repository.</summary>
public class OverRedactionTests
{
    // Addresses of machines are what is replaced most, and logs of proxies are made of them.
    private const double ShareOfAFileMax = 0.40;
    private const double ShareOfAllMax = 0.15;

    [Fact]
    public void RealLogs_AreReplacedByThisMuch()
    {
        double all = 0, gone = 0;
        var folder = Path.Combine(Checkout.Root, "..", "shared", "data");
        if (!Directory.Exists(folder)) Assert.Skip("the real logs are not beside the repository");
        foreach (var file in Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(60))
        {
            long lines = 0, changed = 0, characters = 0, replaced = 0;
            var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(file).Take(1_000))
            {
                var redacted = new CallRedactor("n", new ModelRedactionOptions()).Redact(line);
                lines++;
                characters += line.Length;
                if (redacted == line) continue;
                changed++;
                foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(redacted, "<([a-z-]+)-[0-9]+-n>")) kinds[match.Groups[1].Value] = kinds.GetValueOrDefault(match.Groups[1].Value) + 1;
                replaced += Math.Max(0, line.Length - System.Text.RegularExpressions.Regex.Replace(redacted, "<[a-z-]+-[0-9]+-n>", "").Length);
            }
            (all, gone) = (all + characters, gone + replaced);
            (replaced / Math.Max(1.0, characters)).ShouldBeLessThan(ShareOfAFileMax, file);
            TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetRelativePath(folder, file)}: {lines} lines, {changed} changed, {100.0 * replaced / Math.Max(1, characters):0.00} % of the characters: {string.Join(", ", kinds.Select(kind => $"{kind.Key} {kind.Value}"))}");
        }
        (gone / Math.Max(1, all)).ShouldBeLessThan(ShareOfAllMax);
    }
}
