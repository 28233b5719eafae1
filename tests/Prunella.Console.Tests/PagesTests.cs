using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Prunella.Console.Tests;

/// <summary>Every page in both themes and at two widths: nothing complains, nothing overflows, everybody can read it.</summary>
public sealed class PagesTests(Browser browser, SeededServer server)
{
    public static TheoryData<string> Pages { get; } = ["/", "/incidents", "/incidents/asked", "/incidents/healed", "/approvals", "/shadow", "/trust", "/ledger", "/cost", "/report", "/logs", "/cluster", "/traces", "/traces?view=flame", "/traces?view=map", "/traces/" + TraceSeed.Slowest];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_InBothThemesAtTwoWidths_IsWhole(string path)
    {
        var address = path.Replace("asked", server.Seed.Asked.Id.ToString(), StringComparison.Ordinal).Replace("healed", server.Seed.Healed.Id.ToString(), StringComparison.Ordinal);
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync(address);
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Dark, 390), (ColorScheme.Light, 390) })
        {
            var what = $"{path} {theme} {width}";
            await page.Page.EmulateMediaAsync(new() { ColorScheme = theme });
            await page.Page.SetViewportSizeAsync(width, width < 600 ? 844 : 900);

            await Assertions.Expect(page.Page.Locator("main [data-reading]")).ToHaveCountAsync(0);
            await page.PictureAsync($"{(path == "/" ? "now" : path[1..].Replace('/', '-').Replace('?', '-'))}-{Wording.Lower(theme.ToString())}-{width}");
            (await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth")).ShouldBeTrue($"{what} scrolls sideways");
            var serious = (await page.Page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
                .Select(violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}");
            serious.ShouldBeEmpty(what);
            page.Complaints.ShouldBeEmpty(what);
        }
    }

    [Fact]
    public async Task HostileText_IsShownAndDoesNothing()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync($"/incidents/{server.Seed.Hostile.Id}");

        var text = await page.Page.Locator("main").InnerTextAsync();
        text.ShouldContain(Seed.Markup);
        text.ShouldContain("\\u{202E}desrever\\u{1B}[31m");
        text.ShouldNotContain('\u202E');
        text.Length.ShouldBeLessThan(30_000, "a megabyte in a field is cut");
        foreach (var path in new[] { "/", "/incidents", $"/ledger?subject={server.Seed.Hostile.Id}" }) await page.GoAsync(path);
        (await page.Page.EvaluateAsync<bool>("window.pwned === undefined")).ShouldBeTrue();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_LeadToPagesAndThroughLists()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/");
        await page.SettledAsync("Now");

        await page.Page.Keyboard.PressAsync("g");
        await page.Page.Keyboard.PressAsync("s");
        await page.Page.WaitForURLAsync("**/shadow");
        await page.Page.Locator("article[data-row]").First.WaitForAsync();
        await page.SettledAsync("Shadow review");
        await page.Page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.Page.Locator("article[data-row]").First).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("x");
        await Assertions.Expect(page.Page.GetByLabel("What was wrong?")).ToBeFocusedAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ledger_IsCheckedOnThePageAndExported()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/ledger");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Check the whole chain" }).ClickAsync();
        (await page.Page.Locator(".banner[role=status]").InnerTextAsync()).ShouldContain("none changed, none missing");
        var export = await page.Page.Context.APIRequest.GetAsync((await page.Page.GetByText("Export as JSON lines").GetAttributeAsync("href"))!);
        var text = await export.TextAsync();
        text.TrimEnd().Split('\n').Length.ShouldBeGreaterThan(10, $"{export.Status} {text}");
    }
}
