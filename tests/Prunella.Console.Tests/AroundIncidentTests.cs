using Microsoft.Playwright;

namespace Prunella.Console.Tests;

/// <summary>What logs and traces of the same minutes say, on the incident's own page.</summary>
public sealed class AroundIncidentTests(Browser browser, SeededServer server)
{
    [Fact]
    public async Task SlowTracesAndPatterns_StandOnTheIncident_AndLeadToThem()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync($"/incidents/{server.Seed.Asked.Id}");
        var traces = page.Page.Locator(".beside a[href^='/traces/']");
        await traces.First.WaitForAsync();
        (await traces.CountAsync()).ShouldBe(4);
        await Assertions.Expect(page.Page.Locator(".beside").Last).ToContainTextAsync("waited");
        var patterns = page.Page.Locator(".beside a[href^='/logs?']");
        await patterns.First.WaitForAsync();
        (await page.Page.Locator("main").InnerTextAsync()).ShouldNotContain(LogSeed.Secret);
        var said = await patterns.First.InnerTextAsync();

        await patterns.First.ClickAsync();
        await page.Page.WaitForURLAsync("**/logs?*pattern=*");
        await Assertions.Expect(page.Page.Locator(".patterns")).ToContainTextAsync(said.Trim());

        await page.GoAsync($"/incidents/{server.Seed.Asked.Id}");
        await page.Page.Locator($"a[href='/traces/{TraceSeed.Slowest}']").ClickAsync();
        await page.Page.WaitForURLAsync($"**/traces/{TraceSeed.Slowest}");
        await page.SettledAsync("POST /checkout");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task OfHostileNames_TheMinutesAroundAreReadToTheEnd()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync($"/incidents/{server.Seed.Hostile.Id}");
        await page.Page.Locator("#h-around").WaitForAsync();
        await Assertions.Expect(page.Page.GetByText("Reading …")).ToHaveCountAsync(0);
        page.Complaints.ShouldBeEmpty();
    }
}
