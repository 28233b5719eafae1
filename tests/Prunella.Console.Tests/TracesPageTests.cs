using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Prunella.Hosting;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Traces in the browser: what is slow, why, and what becomes of it.</summary>
public sealed class TracesPageTests(Browser browser, SeededServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SlowTrace_IsOpenedFoldedAndRead_ByKeyboard()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/traces");
        await Assertions.Expect(page.Page.Locator(".lead")).ToContainTextAsync("in cart");
        await page.SettledAsync("Traces");
        await page.Page.Locator($"a[href='/traces/{TraceSeed.Slowest}']").Last.PressAsync("Enter");
        await page.Page.WaitForURLAsync($"**/traces/{TraceSeed.Slowest}");

        var root = page.Page.Locator(".waterfall li").First;
        await Assertions.Expect(root).ToContainTextAsync("POST /checkout");
        await page.SettledAsync("POST /checkout");
        var rows = await page.Page.Locator(".waterfall li").CountAsync();
        await root.Locator("button.span").FocusAsync();
        await page.Page.Keyboard.PressAsync("o");
        await Assertions.Expect(page.Page.Locator(".waterfall li")).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("o");
        await Assertions.Expect(page.Page.Locator(".waterfall li")).ToHaveCountAsync(rows);
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator(".waterfall .facts")).ToContainTextAsync("SELECT id FROM items WHERE cart = 71");
        (await page.Page.Locator(".waterfall .waited").CountAsync()).ShouldBeGreaterThan(10);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task FlameGraphAndMap_AreZoomedAndSearched()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync("/traces?view=flame");
        var boxes = page.Page.Locator(".flame .box");
        await boxes.First.WaitForAsync();
        await page.SettledAsync("Traces");
        await page.Page.Locator(".flame .box[aria-label^='GET /cart']").First.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Back to the whole" }).WaitForAsync();
        (await page.Page.Locator(".flame .box[aria-label^='reserve']").CountAsync()).ShouldBe(0);

        await page.GoAsync("/traces?view=map");
        await page.Page.GetByLabel("Find").FillAsync("inventory");
        await Assertions.Expect(page.Page.Locator(".map .node.dim")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page.Page.Locator(".map .node:not(.dim)")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Page.Locator(".map .problem.bad").First).ToContainTextAsync("% fail");
        var width = await page.Page.Locator(".map svg").GetAttributeAsync("width");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Larger" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".map svg")).Not.ToHaveAttributeAsync("width", width!);
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileNames_AreShownAndDoNothing()
    {
        await using var page = await browser.OpenAsync(server.Address);
        await page.GoAsync($"/traces/{TraceSeed.Hostile}");
        await page.Page.Locator(".waterfall button.span").First.ClickAsync();
        await page.Page.Locator(".waterfall .facts").WaitForAsync();

        var text = await page.Page.Locator("main").InnerTextAsync();
        text.ShouldContain(Seed.Markup);
        text.ShouldContain("\\u{202E}");
        text.ShouldNotContain('\u202E');
        text.Length.ShouldBeLessThan(10_000, "twenty thousand characters in an attribute are cut");
        await page.GoAsync("/traces?view=map");
        await page.Page.Locator(".map .node").First.WaitForAsync();
        (await page.Page.EvaluateAsync<bool>("window.pwned === undefined")).ShouldBeTrue();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutTraces_ThePageSaysWhatWouldFillIt()
    {
        await using var empty = await RunningServer.StartAsync([new("traces:store:directory", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()))], new ServeSettings { Demo = true, WithoutEngine = true });
        await using var page = await browser.OpenAsync(empty.Address);
        await page.GoAsync("/traces");
        await Assertions.Expect(page.Page.Locator("div.empty")).ToContainTextAsync("/v1/traces");
        await page.PictureAsync("traces-empty");
        await page.GoAsync("/traces/00ff");
        await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("There is no such trace");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task TraceOfAHundredThousandSpans_IsFolded()
    {
        const string Id = "bbbbbbbbbbbbbbbb0000000000000001";
        var folder = Directory.CreateTempSubdirectory("prunella-giant-").FullName;
        try
        {
            await using var own = await RunningServer.StartAsync([new("traces:store:directory", folder)], new ServeSettings { Demo = true, WithoutEngine = true });
            await TraceSeed.SowGiantAsync(own, Id, 100_000);
            await using var page = await browser.OpenAsync(own.Address);
            await page.GoAsync($"/traces/{Id}");
            var rows = page.Page.Locator(".waterfall li");
            await Assertions.Expect(page.Page.Locator(".falls > p").Last).ToContainTextAsync("100,000 spans");
            (await rows.CountAsync()).ShouldBeLessThan(100);

            var folded = page.Page.Locator(".waterfall .folded button").Last;
            var before = await rows.CountAsync();
            await folded.ClickAsync();
            await Assertions.Expect(rows).Not.ToHaveCountAsync(before);
            (await rows.CountAsync()).ShouldBeLessThanOrEqualTo(400);
            await page.GoAsync($"/traces/{Id}?view=flame");
            await page.Page.Locator(".flame .box").First.WaitForAsync();
            (await page.Page.Locator(".flame .box").CountAsync()).ShouldBeLessThanOrEqualTo(1_500);
            page.Complaints.ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Issue_IsShownExactly_AndFiledOnlyWhenAsked()
    {
        await using var github = await ScriptedIssues.StartAsync();
        var folder = Directory.CreateTempSubdirectory("prunella-issues-").FullName;
        try
        {
            await using var own = await RunningServer.StartAsync(
                [new("traces:store:directory", folder), new("github:repository", "acme/shop"), new("github:url", github.Address.ToString()), new("github:token", "a-token"), new("github:dryRun", "false")],
                new ServeSettings { Demo = true, WithoutEngine = true });
            await TraceSeed.SowAsync(own);
            await using var page = await browser.OpenAsync(own.Address);
            await page.GoAsync("/traces");
            var card = page.Page.Locator(".finding").First;
            await card.GetByRole(AriaRole.Button, new() { Name = "Show it as an issue" }).ClickAsync();
            var shown = await card.Locator(".issue pre").InnerTextAsync();
            github.Written.ShouldBeEmpty("showing files nothing");

            await card.GetByRole(AriaRole.Button, new() { Name = "File it" }).ClickAsync();
            await Assertions.Expect(card.Locator(".outcome")).ToContainTextAsync("acme/shop, #7");

            var (title, body) = github.Written.ShouldHaveSingleItem();
            title.ShouldBe(await card.Locator("h3").InnerTextAsync());
            body.ReplaceLineEndings("\n").Trim().ShouldBe(shown.ReplaceLineEndings("\n").Replace("\\u{200B}", "\u200B", StringComparison.Ordinal).Trim());
            var entries = await own.Store.ReadLedgerAsync(1, 100, Cancellation);
            entries.ShouldContain(entry => entry.Kind == "issue-filed" && entry.Actor == "person:you");
            page.Complaints.ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The part of GitHub that keeps issues: none are there, and one is made.</summary>
    private sealed class ScriptedIssues : IAsyncDisposable
    {
        private readonly WebApplication application;
        private readonly System.Collections.Concurrent.ConcurrentQueue<(string Title, string Body)> written = new();

        private ScriptedIssues(WebApplication application) => this.application = application;

        internal Uri Address { get; private set; } = null!;

        internal IReadOnlyCollection<(string Title, string Body)> Written => written;

        internal static async Task<ScriptedIssues> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var github = new ScriptedIssues(builder.Build());
            github.application.Run(github.AnswerAsync);
            await github.application.StartAsync(Cancellation);
            github.Address = new Uri(github.application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            return github;
        }

        private async Task AnswerAsync(HttpContext context)
        {
            if (!context.Request.Path.Value!.EndsWith("/repos/acme/shop/issues", StringComparison.Ordinal) || context.Request.Headers.Authorization.Count == 0)
            {
                context.Response.StatusCode = (int)HttpStatusCode.NotFound;
                return;
            }
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.WriteAsJsonAsync(Array.Empty<object>(), Cancellation);
                return;
            }
            // Octokit sends JSON without saying so.
            using var sent = await System.Text.Json.JsonDocument.ParseAsync(context.Request.Body, cancellationToken: Cancellation);
            var issue = sent.RootElement;
            written.Enqueue((issue.GetProperty("title").GetString()!, issue.GetProperty("body").GetString()!));
            context.Response.StatusCode = (int)HttpStatusCode.Created;
            await context.Response.WriteAsJsonAsync(new { number = 7, state = "open", title = issue.GetProperty("title").GetString() }, Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await application.StopAsync(CancellationToken.None);
            await application.DisposeAsync();
        }
    }
}
