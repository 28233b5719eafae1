using Microsoft.Playwright;

namespace Prunella.Console.Tests;

/// <summary>The whole of Prunella in a browser: engine, cluster and alerts as in the demo, the person on call in front of the page.</summary>
public sealed class DemoStoryTests(Browser browser)
{
    [Fact]
    public async Task BadRelease_IsAskedAbout_Approved_AndMended()
    {
        await using var demo = await PlayedDemo.StartAsync("HighErrorRate");
        await using var page = await browser.OpenAsync(demo.Address);
        await page.GoAsync("/");

        var card = page.Page.Locator("article.approval");
        await Assertions.Expect(card).ToContainTextAsync("rollback-rollout");
        await Assertions.Expect(card.Locator(".diff .removed")).ToContainTextAsync("payment:1.1.0");
        await Assertions.Expect(card.Locator(".diff .added")).ToContainTextAsync("payment:1.0.0");
        var incident = await card.GetByRole(AriaRole.Link).Last.GetAttributeAsync("href");
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();

        await page.Page.Locator($"main a[href='{incident}']").First.ClickAsync();
        await Assertions.Expect(page.Page.Locator(".marks .pill")).ToHaveTextAsync("resolved");
        await Assertions.Expect(page.Page.Locator(".attempt header .pill")).ToHaveTextAsync("fixed");
        await Assertions.Expect(page.Page.Locator(".timeline")).ToContainTextAsync("approval-decided");
        page.Complaints.ShouldBeEmpty();
    }
}
