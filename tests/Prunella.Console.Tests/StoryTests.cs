using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Hosting;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Storage;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>What a person does in the browser, and what becomes of it. The engine's own steps are written by the test, as the engine writes them.</summary>
public sealed class StoryTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Approval_AskedReadAndGiven_LeadsToAFixWithoutAReload()
    {
        await using var server = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/");
        (await page.Page.Locator(".lead").InnerTextAsync()).ShouldContain("no incident yet");

        var seed = await Seed.SowAsync(server);
        var card = page.Page.Locator("article.approval");
        await card.WaitForAsync();
        await Assertions.Expect(card.Locator(".diff")).ToContainTextAsync("+image: demo/payment:1.0.0");
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#h-waiting + .empty")).ToBeVisibleAsync();

        var decided = (await server.Store.FindApprovalAsync(seed.Approval.Id, Cancellation)).ShouldNotBeNull();
        (decided.State, decided.DecidedBy).ShouldBe((ApprovalState.Approved, "you"));

        await page.Page.GotoAsync($"/incidents/{seed.Asked.Id}");
        await page.LiveAsync();
        await StepAsync(server, seed.Asked.Id, IncidentState.Validating, null, IncidentEventKind.Acted, "rollback-rollout done");
        await Assertions.Expect(page.Page.Locator(".marks .pill")).ToHaveTextAsync("checking the fix");
        await StepAsync(server, seed.Asked.Id, IncidentState.Resolved, ValidationResult.Fixed, IncidentEventKind.Resolved, "rollback-rollout fixed it");
        await Assertions.Expect(page.Page.Locator(".marks .pill")).ToHaveTextAsync("resolved");
        await Assertions.Expect(page.Page.Locator(".attempt header .pill")).ToHaveTextAsync("fixed");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnEscalatedIncident_IsTakenAndJudgedInTheBrowser_AndAnotherPersonSeesItAtOnce()
    {
        await using var server = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        await Seed.SowAsync(server);
        var escalated = (await server.Store.ListIncidentsAsync(new() { Max = 100 }, Cancellation)).Incidents.Single(incident => incident.State == IncidentState.Escalated);
        await using var page = await browser.OpenAsync(server.Address);
        await using var other = await browser.OpenAsync(server.Address);
        await page.GoAsync($"/incidents/{escalated.Id}");
        await other.GoAsync($"/incidents/{escalated.Id}");

        await page.Page.GetByLabel("What are you doing about it? (may stay empty)").FillAsync("<b>putting the key back</b>");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "I look at it" }).ClickAsync();
        await Assertions.Expect(other.Page.Locator("main .banner.info")).ToContainTextAsync("you looks at it since");
        await Assertions.Expect(other.Page.Locator("main .banner.info")).ToContainTextAsync("<b>putting the key back</b>");

        await page.Page.GetByLabel("Or what was wrong?").FillAsync("the key was renamed");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "This was wrong" }).ClickAsync();
        await Assertions.Expect(other.Page.GetByText("found wrong")).ToBeVisibleAsync();

        var judged = (await server.Store.FindIncidentAsync(escalated.Id, Cancellation)).ShouldNotBeNull();
        (judged.Acknowledged?.By, judged.Feedback?.Right, judged.Feedback?.Reason).ShouldBe(("you", false, "the key was renamed"));
        page.Complaints.ShouldBeEmpty();
        other.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task KillSwitch_TurnedOnWithAReason_StopsEverythingAndSaysSoOnEveryPage()
    {
        await using var server = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        await using var page = await browser.OpenAsync(server.Address);
        await using var other = await browser.OpenAsync(server.Address);
        await page.GoAsync("/");
        await other.GoAsync("/ledger");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop everything …" }).ClickAsync();
        await page.Page.GetByLabel("Why? (for the ledger)").FillAsync("the network is being rebuilt");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop everything now" }).ClickAsync();

        await Assertions.Expect(other.Page.Locator("body > .banner.bad")).ToContainTextAsync("the network is being rebuilt");
        var state = await server.Services.GetRequiredService<KillSwitch>().ReadAsync(Cancellation);
        (state.On, state.By).ShouldBe((true, "you"));
        page.Complaints.ShouldBeEmpty();
    }

    private static async Task StepAsync(RunningServer server, IncidentId id, IncidentState state, ValidationResult? validation, IncidentEventKind kind, string text)
    {
        var incident = (await server.Store.FindIncidentAsync(id, Cancellation))!;
        var now = TimeProvider.System.GetUtcNow();
        await server.Store.CommitAsync(new StoreChange
        {
            Incidents = [incident with { State = state, ActedAt = now, ClosedAt = validation is null ? null : now, Outcome = validation is null ? "" : text, WakeAt = validation is null ? incident.WakeAt : null, Attempts = [incident.Attempts[0] with { EffectText = text, Validation = validation }] }],
        }, Cancellation);
        server.Services.GetRequiredService<IncidentFeed>().Publish(new IncidentEvent(now, id, incident.Target, kind, text));
    }
}
