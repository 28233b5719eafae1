using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Prunella.Tests.Commands.Logs;

public sealed class QueryCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Question_OverAFileAndItsArchive_HasTheSameAnswer()
    {
        var log = WriteLog();
        var archive = Path.Combine(folder, "app.parc");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive)).Code.ShouldBe(0);
        foreach (var question in new[] { "how many errors by service in the last 10 minutes", "timeouts slower than 2s", "top 3 patterns", "errors per minute", "what caused the spike at 08:20" })
        {
            var ofFile = await CommandRun.RunAsync("logs", "query", question, log, "-o", "json");
            var ofArchive = await CommandRun.RunAsync("logs", "query", question, archive, "-o", "json");
            var (one, other) = (JsonDocument.Parse(ofFile.Output).RootElement, JsonDocument.Parse(ofArchive.Output).RootElement);
            one.GetProperty("total").GetInt64().ShouldBeGreaterThan(0, question);
            foreach (var part in new[] { "query", "total", "groups", "patterns", "course", "summary" }) other.GetProperty(part).GetRawText().ShouldBe(one.GetProperty(part).GetRawText(), question);
            ofArchive.Code.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Question_InEnglish_ShowsItsQueryWhichRunsAgain()
    {
        var log = WriteLog();
        var english = await CommandRun.RunAsync("logs", "query", "which services had errors in the last 10 minutes", log);
        english.Output.ShouldContain("Query: level>=error since=2026-03-17T08:19:59Z | count by service");
        english.Output.ShouldContain("120 errors, from 2026-03-17 08:20:00 to 2026-03-17 08:29:55. All are service payment.");
        var written = await CommandRun.RunAsync("logs", "query", "-w", "level>=error since=2026-03-17T08:19:59Z | count by service", log);
        written.Output.ShouldBe(english.Output);
        (await CommandRun.RunAsync("logs", "query", "--explain", "errors today", "--now", "2026-03-05T12:00")).Output.Trim().ShouldBe("level>=error since=2026-03-05T00:00:00Z");
    }

    [Theory]
    [InlineData("errors on web-3", "level>=error host=web-3", 20)]
    [InlineData("how many lines on host combo", "host=combo | count", 10)]
    [InlineData("errors from 10.0.0.7", "level>=error host=10.0.0.7", 10)]
    public async Task Hosts_AreKnownFromTheLines_OfFilesAndArchives(string question, string query, long lines)
    {
        var log = Path.Combine(folder, "hosts.log");
        await File.WriteAllLinesAsync(log, Enumerable.Range(0, 80).Select(index => (index % 4) switch
        {
            0 => $"{{\"time\":\"2026-03-17T08:{index / 4:00}:00Z\",\"level\":\"error\",\"host\":\"web-3\",\"msg\":\"disk {index} is full\"}}",
            1 => $"2026-03-17T08:{index / 4:00}:01Z ERROR gateway: refused by host={(index % 8 == 1 ? "10.0.0.7" : "web-4")} after {index} tries",
            2 => $"2026-03-17T08:{index / 4:00}:02+00:00 {(index % 8 == 2 ? "combo" : "web-4")} sshd[{index}]: error: kex of web-3 failed",
            _ => $"2026-03-17T08:{index / 4:00}:03Z INFO gateway: 10.0.0.7 asked for web-3 and combo",
        }), TestContext.Current.CancellationToken);
        var archive = Path.Combine(folder, "hosts.parc");
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive)).Code.ShouldBe(0);
        foreach (var source in new[] { log, archive })
        {
            var run = await CommandRun.RunAsync("logs", "query", question, source, "-o", "json");
            run.Code.ShouldBe(0, run.Error);
            using var answer = JsonDocument.Parse(run.Output);
            (answer.RootElement.GetProperty("query").GetString(), answer.RootElement.GetProperty("total").GetInt64()).ShouldBe((query, lines), source);
        }
    }

    [Fact]
    public async Task NothingThatFits_IsExitCode1_AndWhatIsWrongIsSaid()
    {
        var log = WriteLog();
        (await CommandRun.RunAsync("logs", "query", "unicorns", log)).Code.ShouldBe(1);
        (await CommandRun.RunAsync("logs", "query", "errors", Path.Combine(folder, "missing.log"))).Code.ShouldBe(3);
        (await CommandRun.RunAsync("logs", "query", "-w", "level>=loud", log)).Code.ShouldBe(3);
        (await CommandRun.RunAsync("logs", "query", "errors", log, "--zone", "Nowhere/Land")).Code.ShouldBe(3);
    }

    [Fact]
    public async Task LinesWithTerminalEscapes_AreShownInert()
    {
        var log = Path.Combine(folder, "evil.log");
        await File.WriteAllTextAsync(log, "2026-03-17 08:00:00 ERROR web: \u001b[2J\u001b]0;owned\u0007 boom\n");
        var run = await CommandRun.RunAsync("logs", "query", "errors", log);
        run.Output.ShouldContain("boom");
        run.Output.ShouldNotContain('\u001b');
    }

    // 08:00:00 to 08:29:59, a line a second; from 08:20 on an error every five seconds.
    private string WriteLog()
    {
        var text = new StringBuilder();
        for (var second = 0; second < 1800; second++)
        {
            var time = new DateTime(2026, 3, 17, 8, 0, 0).AddSeconds(second).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            if (second >= 1200 && second % 5 == 0) text.Append(CultureInfo.InvariantCulture, $"{time} ERROR payment: charge {second} timed out after 2500 ms\n");
            else text.Append(CultureInfo.InvariantCulture, $"{time} INFO web: request {second} took 3 ms\n");
        }
        var path = Path.Combine(folder, "app.log");
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
