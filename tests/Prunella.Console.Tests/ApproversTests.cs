using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Incidents;
using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Two people in front of one request, each in a browser session of their own.</summary>
public sealed class ApproversTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecondApprover_WherePolicyAsks_IsADifferentPerson()
    {
        await using var server = await RunningServer.StartAsync();
        var approval = await AskAsync(server, people: 2);
        await using var ada = await SignedInAsync(server, "ada");
        await using var bob = await SignedInAsync(server, "bob");
        await Assertions.Expect(bob.Page.Locator("article.approval")).ToContainTextAsync("0 of 2 different people");

        await ApproveAsync(ada);
        await Assertions.Expect(bob.Page.Locator("article.approval")).ToContainTextAsync("1 of 2 different people: ada");
        await Assertions.Expect(ada.Page.Locator("article.approval")).ToContainTextAsync("1 of 2 different people: ada");
        (await ada.Page.Locator("article.approval .decide button").CountAsync()).ShouldBe(0, "ada has answered");
        (await server.Store.FindApprovalAsync(approval, Cancellation))!.State.ShouldBe(ApprovalState.Pending);

        await ApproveAsync(bob);
        await Assertions.Expect(ada.Page.Locator("article.approval")).ToHaveCountAsync(0);
        var decided = (await server.Store.FindApprovalAsync(approval, Cancellation))!;
        decided.State.ShouldBe(ApprovalState.Approved);
        decided.ApprovedBy.ShouldBe(["ada", "bob"]);
        (ada.Complaints.Concat(bob.Complaints)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoApproversRacing_GiveOneDecision()
    {
        await using var server = await RunningServer.StartAsync();
        var approval = await AskAsync(server, people: 1);
        await using var ada = await SignedInAsync(server, "ada");
        await using var bob = await SignedInAsync(server, "bob");
        foreach (var page in new[] { ada, bob })
        {
            await page.Page.Locator("article.approval").GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).WaitForAsync();
        }

        // Without waiting for the button: the other's decision may have taken it away.
        await Task.WhenAll(new[] { ada, bob }.Select(page => page.Page.EvaluateAsync("document.querySelector('article.approval form.decide button.good')?.click()")));
        foreach (var page in new[] { ada, bob })
        {
            await Assertions.Expect(page.Page.Locator("article.approval")).ToHaveCountAsync(0);
            await Assertions.Expect(page.Page.Locator("tbody tr").First).ToContainTextAsync("approved");
        }

        var decided = (await server.Store.FindApprovalAsync(approval, Cancellation))!;
        decided.State.ShouldBe(ApprovalState.Approved);
        decided.ApprovedBy.ShouldHaveSingleItem().ShouldBe(decided.DecidedBy);
        (await server.Store.ReadLedgerAsync(1, 1_000, Cancellation)).Count(entry => entry.Kind == "approval-decided").ShouldBe(1);
    }

    private static async Task<ApprovalId> AskAsync(RunningServer server, int people)
    {
        var seed = await Seed.SowAsync(server);
        if (people > 1) await server.Store.CommitAsync(new StoreChange { Approvals = [seed.Approval with { ApproversNeeded = people, Version = (await server.Store.FindApprovalAsync(seed.Approval.Id, Cancellation))!.Version }] }, Cancellation);
        return seed.Approval.Id;
    }

    private async Task<WatchedPage> SignedInAsync(RunningServer server, string name)
    {
        var token = (await server.Services.GetRequiredService<TokenBook>().CreateAsync(name, Role.Approver, null, "test", Cancellation))!;
        var page = await browser.OpenAsync(server.Address);
        await page.SignInAsync(token, "/approvals");
        return page;
    }

    private static async Task ApproveAsync(WatchedPage page)
    {
        await page.Page.Locator("article.approval").GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();
    }
}
