using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Hosting;
using Prunella.Logs.Pipeline;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Questions in the browser, from English to lines, and lines as they come.</summary>
public sealed class LogsPageTests(Browser browser, SeededServer server)
{
    [Fact]
    public async Task Question_InEnglish_IsShownWritten_EditedAndRunAgain()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/logs");
        await page.Page.GetByLabel("Ask in English").FillAsync("errors by service in the last hour");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();

        var written = page.Page.GetByLabel("Understood as");
        await Assertions.Expect(written).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("level>=error .*since=.*count by service"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Groups" })).ToContainTextAsync("payment");

        await written.FillAsync("level>=error service=payment | count");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".lead")).ToContainTextAsync("errors of payment");
        (await page.Page.Locator(".log li").CountAsync()).ShouldBeGreaterThan(50);
        (await page.Page.Locator(".log li:not(.bad)").CountAsync()).ShouldBe(0);

        await page.Page.GetByLabel("Ask in English").FillAsync("frobnicating errors");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#question-trouble")).ToContainTextAsync("Taken to the letter: frobnicating");
        await Assertions.Expect(page.Page.Locator(".lead")).ToContainTextAsync("fits");

        await written.FillAsync("level>=dreadful");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#question-trouble [role=alert]")).ToContainTextAsync("dreadful");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pattern_LeadsToItsLines_AndOlderLinesFollowNewerOnes()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/logs?w=" + Uri.EscapeDataString("-\"script\""));
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "order <*> placed in <*> ms" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByText("Only lines of one pattern")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".lead")).ToContainTextAsync("1,694 lines");

        var newest = await page.Page.Locator(".log li").AllInnerTextsAsync();
        newest.Count.ShouldBe(100);
        newest.ShouldAllBe(line => line.Contains("placed in", StringComparison.Ordinal));
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Older lines" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Newest lines" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator("main [data-reading]")).ToHaveCountAsync(0);
        var older = await page.Page.Locator(".log li").AllInnerTextsAsync();
        older.Count.ShouldBe(100);
        string.CompareOrdinal(older[^1], newest[0]).ShouldBeLessThan(0);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lines_AreInert_AndWithoutSensitiveValues()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/logs?w=" + Uri.EscapeDataString("\"signed in\"|\"script\""));
        await Assertions.Expect(page.Page.Locator(".log")).ToContainTextAsync(Seed.Markup);

        var text = await page.Page.Locator("main").InnerTextAsync();
        text.ShouldContain("\\u{202E}desrever\\u{1B}[31m");
        text.ShouldContain("<email:");
        text.ShouldNotContain(LogSeed.Address);
        text.ShouldNotContain(LogSeed.Secret);
        text.Length.ShouldBeLessThan(60_000, "a megabyte in a line is cut");
        await page.GoAsync("/logs?w=" + Uri.EscapeDataString("| count by password"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Groups" })).ToContainTextAsync("<");
        (await page.Page.Locator("main").InnerTextAsync()).ShouldNotContain(LogSeed.Secret);
        (await page.Page.EvaluateAsync<bool>("window.pwned === undefined")).ShouldBeTrue();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task LinesAsTheyCome_AppearWithoutAReload_AndWaitWhilePaused()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/logs?live=true&w=" + Uri.EscapeDataString("service=conveyor"));
        await page.Page.GetByText("Waiting for lines that fit").WaitForAsync();
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        void Say(string message) => pipeline.TryAccept(Encoding.UTF8.GetBytes($"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} WARN [conveyor] {message}\n")).ShouldBeTrue();

        Say("belt 7 stands still for bob@example.com");
        await Assertions.Expect(page.Page.Locator(".log li")).ToContainTextAsync("belt 7 stands still for <email:");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        Say("belt 8 stands still");
        await Assertions.Expect(page.Page.GetByText("1 more than are shown")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".log li")).ToHaveCountAsync(1);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutLogsAndCluster_PagesSayWhatWouldFillThem()
    {
        await using var bare = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        await using var page = await browser.OpenAsync(bare.Address);
        await page.GoAsync("/logs");
        await Assertions.Expect(page.Page.Locator("main .empty")).ToContainTextAsync("folder: /var/lib/prunella/logs");
        await page.PictureAsync("logs-empty-light-1280");
        await page.GoAsync("/cluster");
        await Assertions.Expect(page.Page.Locator("main .empty").First).ToContainTextAsync("kubeconfig: /etc/prunella/kubeconfig");
        await page.PictureAsync("cluster-empty-light-1280");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cluster_ShowsTroubleHealingAndChaos_WithNamesThatAreInert()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/cluster");

        await Assertions.Expect(page.Page.Locator(".lead")).ToContainTextAsync("10 workloads: 4 are not well, 6 are.");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Workloads" }).GetByRole(AriaRole.Row, new() { Name = "recommendation" })).ToContainTextAsync("oom-killed");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "What was healed" }).GetByRole(AriaRole.Row, new() { Name = "api-server" })).ToContainTextAsync("resolved");
        var chaos = page.Page.GetByRole(AriaRole.Region, new() { Name = "Injected failures" });
        await Assertions.Expect(chaos.GetByRole(AriaRole.Row, new() { Name = "exhaust-connections" })).ToContainTextAsync("1 min 9 s");
        await Assertions.Expect(chaos).ToContainTextAsync(Seed.Markup);
        (await page.Page.Locator("main").InnerTextAsync()).ShouldContain("evil\\u{202E}name<script>");
        (await page.Page.EvaluateAsync<bool>("window.pwned === undefined")).ShouldBeTrue();
        page.Complaints.ShouldBeEmpty();
    }
}
