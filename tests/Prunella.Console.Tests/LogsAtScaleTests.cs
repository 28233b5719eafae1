using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Hosting;
using Prunella.Logs;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Questions;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>How the page of logs bears a million lines. Run on a machine that is free: <c>-explicit only -class '*LogsAtScaleTests'</c>.</summary>
public sealed class LogsAtScaleTests(Browser browser)
{
    private const int Lines = 1_000_000;

    [Fact(Explicit = true)]
    public async Task MillionLines_AreAskedAndPagedWithoutAStutter()
    {
        var folder = Directory.CreateTempSubdirectory("prunella-scale-");
        try
        {
            await using var server = await RunningServer.StartAsync(LogSeed.Configuration(folder.FullName), new ServeSettings { Demo = true, WithoutEngine = true });
            await SowAsync(server);
            var (before, heapBefore) = Memory();
            await using var page = await browser.OpenAsync(server.Address);
            await page.GoAsync("/logs");
            await ReadAsync(page);
            var said = new StringBuilder();
            foreach (var (what, written) in new[] { ("the last hour", ""), ("all lines", "| count"), ("errors", "level>=error"), ("words", "\"timed out\""), ("groups by status", "| count by status"), ("numbers", "duration>2s") })
            {
                var began = Stopwatch.GetTimestamp();
                await page.GoAsync("/logs" + (written.Length == 0 ? "" : "?w=" + Uri.EscapeDataString(written)));
                await ReadAsync(page);
                said.Append(CultureInfo.InvariantCulture, $"{what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.00} s\n");
            }

            await page.GoAsync("/logs?w=" + Uri.EscapeDataString("| count"));
            await ReadAsync(page);
            var first = await page.Page.Locator(".log time").First.InnerTextAsync();
            var turned = Stopwatch.GetTimestamp();
            const int Turns = 10;
            for (var turn = 0; turn < Turns; turn++)
            {
                await page.Page.GetByRole(AriaRole.Link, new() { Name = "Older lines" }).ClickAsync();
                await Assertions.Expect(page.Page.Locator(".log time").First).Not.ToHaveTextAsync(first);
                first = await page.Page.Locator(".log time").First.InnerTextAsync();
            }
            said.Append(CultureInfo.InvariantCulture, $"a page further back: {Stopwatch.GetElapsedTime(turned).TotalSeconds / Turns:0.00} s\n");
            var desk = server.Services.GetRequiredService<LogDesk>();
            await DeskAsync(said, "figures", () => desk.FiguresAsync(TestContext.Current.CancellationToken));
            foreach (var written in new[] { "since=2026-01-01T00:00:00Z", "level>=error | count by service", "\"timed out\" | count", "status>=500", "duration>1s | count by service" })
                await DeskAsync(said, written, () => desk.AskAsync(new LogAsked(written, true, null), TestContext.Current.CancellationToken));
            var lines = await desk.LinesAsync(new LogQuestion(), null, null, TestContext.Current.CancellationToken);
            await DeskAsync(said, "newest lines", () => desk.LinesAsync(new LogQuestion(), null, null, TestContext.Current.CancellationToken));
            await DeskAsync(said, "older lines", () => desk.LinesAsync(new LogQuestion(), null, lines[0].Place, TestContext.Current.CancellationToken));
            await DeskAsync(said, "lines of errors", () => desk.LinesAsync(QuestionText.Parse("level>=error"), null, null, TestContext.Current.CancellationToken));
            said.Append(CultureInfo.InvariantCulture, $"memory of the test's process, server in it: {before} MB before the first page, {Memory().Set} MB after all; managed {heapBefore} MB and {Memory().Heap} MB; archive {new DirectoryInfo(Path.Combine(folder.FullName, "logs", "archive")).EnumerateFiles("*.parc").Sum(file => file.Length):N0} bytes\n");
            TestContext.Current.SendDiagnosticMessage(said.ToString());
            await File.WriteAllTextAsync(Path.Combine(Browser.Screenshots, "logs-at-scale.txt"), said.ToString(), TestContext.Current.CancellationToken);
            page.Complaints.ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task ReadAsync(WatchedPage page) => Assertions.Expect(page.Page.Locator(".answer:not(.stale) .log li").First).ToBeVisibleAsync();

    private static async Task DeskAsync<T>(StringBuilder said, string what, Func<Task<T>> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        said.Append(CultureInfo.InvariantCulture, $"server alone, {what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.000} s\n");
    }

    private static (long Set, long Heap) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return (self.WorkingSet64 / 1_000_000, GC.GetTotalMemory(forceFullCollection: true) / 1_000_000);
    }

    // A day of ten services.
    private static async Task SowAsync(RunningServer server)
    {
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        var random = new Random(3);
        var begin = TimeProvider.System.GetUtcNow().AddDays(-1);
        var batch = new StringBuilder();
        for (var line = 0; line < Lines; line++)
        {
            var (level, message) = random.Next(100) switch
            {
                < 55 => ("INFO", $"GET /api/v1/products/{random.Next(1, 9_000)} status={(random.Next(200) == 0 ? 503 : 200)} took={random.Next(1, 2_100)}ms"),
                < 90 => ("INFO", $"order {random.Next(10_000, 99_999)} placed by user {random.Next(1, 5_000)} in {random.Next(20, 180)} ms"),
                < 97 => ("DEBUG", $"cache holds {random.Next(8_000, 9_000)} keys, {random.Next(80, 99)} % hits"),
                < 99 => ("WARN", $"slow answer from 10.0.3.{random.Next(2, 250)}: {random.Next(1_500, 4_000)} ms"),
                _ => ("ERROR", $"request {Guid.Empty.ToString()[..24]}{random.Next(0x1000000, 0x7ffffff):x12} timed out after {random.Next(2_900, 3_100)} ms"),
            };
            batch.Append(CultureInfo.InvariantCulture, $"{begin.AddMilliseconds(line * 86.4):yyyy-MM-ddTHH:mm:ss.fffZ} {level} [service-{random.Next(10)}] {message}\n");
            if (batch.Length < 4_000_000 && line < Lines - 1) continue;
            while (!pipeline.TryAccept(Encoding.UTF8.GetBytes(batch.ToString()))) await Task.Delay(100, TestContext.Current.CancellationToken);
            batch.Clear();
        }
        while (pipeline.Archived < Lines) await Task.Delay(100, TestContext.Current.CancellationToken);
    }
}
