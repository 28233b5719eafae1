using Microsoft.Playwright;
using Prunella.Tests.Auth;

namespace Prunella.Console.Tests;

/// <summary>Signing in at a provider, in a browser for which it and the console are two sites.</summary>
public sealed class OidcTests(Browser browser)
{
    [Fact]
    public async Task Person_SignsInAtTheProvider_WorksInTheConsole_AndLeavesBoth()
    {
        await using var both = await OidcServer.StartAsync();
        both.Provider.Name = "vera";
        both.Provider.Groups = ["guests"];
        await Seed.SowAsync(both.Server);
        await using var page = await browser.OpenAsync(both.Server.Address);

        await page.Page.GotoAsync("/trust");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Test ID" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/trust");
        await page.LiveAsync();
        await Assertions.Expect(page.Page.Locator(".who")).ToHaveTextAsync("vera · viewer");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/sign-in*");
        await Assertions.Expect(page.Page.GetByLabel("Token")).ToBeVisibleAsync();
        both.Provider.Asked.ShouldContain($"end {both.Server.Address}sign-in");
        page.Complaints.ShouldBeEmpty();
        (await both.Server.Store.ReadLedgerAsync("session/vera", 10, TestContext.Current.CancellationToken)).Select(entry => entry.Kind).ShouldBe(["signed-in", "signed-out"]);
        await page.Page.GotoAsync("/trust");
        await Assertions.Expect(page.Page.GetByLabel("Token")).ToBeVisibleAsync();
    }
}
