using System.Globalization;
using System.Text;

namespace Prunella.Tests.Commands.Logs;

public sealed class PatternsCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // An hour in which the disk is fine, and one in which it fills and nobody logs in.
    [Theory]
    [InlineData("2026-03-17T08:00..2026-03-17T09:00", "2026-03-17T09:00..")]
    [InlineData("..1h", "1h..")]
    public async Task Diff_OfTwoRangesOfOneLog_NamesWhatIsNewAndWhatIsGone(string before, string after)
    {
        var text = new StringBuilder();
        for (var second = 0; second <= 7_200; second += 10)
        {
            var at = new DateTime(2026, 3, 17, 8, 0, 0).AddSeconds(second).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{at} INFO web: request {second} served\n");
            text.Append(second < 3_600 ? $"{at} INFO auth: user {second} logged in\n" : $"{at} ERROR disk: no space left for block {second}\n");
        }

        var log = Path.Combine(folder, "app.log");
        await File.WriteAllTextAsync(log, text.ToString(), TestContext.Current.CancellationToken);
        var run = await CommandRun.RunAsync("logs", "patterns", log, "--diff", "--range", before, "--range", after, "--output", "json");
        run.Code.ShouldBe(0);
        var rows = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rows.Length.ShouldBe(2);
        rows.ShouldContain(static row => row.Contains("\"change\":\"new\",\"before\":0,\"after\":361,\"template\":\"no space left for block <*>\"", StringComparison.Ordinal));
        rows.ShouldContain(static row => row.Contains("\"change\":\"gone\",\"before\":360,\"after\":0,\"template\":\"user <*> logged in\"", StringComparison.Ordinal));
        run.Error.ShouldContain("720 lines before, 722 after");
    }

    [Theory]
    [InlineData("--range 1h..")]
    [InlineData("--range 1h..2h --range 2h..")]
    [InlineData("--range yesterday --range today")]
    [InlineData("")]
    public async Task Diff_OfOneLog_WithoutTwoRanges_SaysWhatIsExpected(string ranges)
    {
        var log = Path.Combine(folder, "app.log");
        await File.WriteAllTextAsync(log, "2026-03-17 08:00:00 INFO web: up\n", TestContext.Current.CancellationToken);
        var run = await CommandRun.RunAsync(["logs", "patterns", log, "--diff", .. ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        run.Code.ShouldNotBe(0);
        run.Error.ShouldContain("--range");
    }
}
