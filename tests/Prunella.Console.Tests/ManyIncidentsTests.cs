using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Hosting;
using Prunella.Incidents;
using Prunella.Remediation.Storage;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Ten thousand incidents behind the pages: what is read, sent and drawn stays a page of them.</summary>
public sealed class ManyIncidentsTests(Browser browser)
{
    private const int Incidents = 10_000;
    private const int Open = 400;

    [Fact]
    public async Task TenThousandIncidents_ArePagedAndFiltered_WithoutTheBrowserHoldingMoreThanAPage()
    {
        await using var server = await RunningServer.StartAsync(settings: new ServeSettings { Demo = true, WithoutEngine = true });
        await SowAsync(server);
        await using var page = await browser.OpenAsync(server.Address);
        var times = new List<string>();

        await TakeAsync("now", () => page.GoAsync("/"), page.Page.Locator(".lead"), "400 incidents are open");
        (await page.Page.Locator(".incidents tbody tr").CountAsync()).ShouldBeLessThanOrEqualTo(112);
        await TakeAsync("incidents", () => page.GoAsync("/incidents"), page.Page.Locator("main > .quiet"), "10,000 incidents");
        var listed = new HashSet<string>(await LinksAsync(), StringComparer.Ordinal);
        for (var step = 1; step <= 3; step++)
        {
            var first = await page.Page.Locator(".incidents tbody a").First.InnerTextAsync();
            await TakeAsync($"older {step}", () => page.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync(), page.Page.Locator($".incidents tbody tr:first-child a:not(:text-is('{first}'))"), "trouble");
            var links = await LinksAsync();
            links.Count.ShouldBe(50);
            listed.Overlaps(links).ShouldBeFalse("a page holds what no page before it held");
            listed.UnionWith(links);
        }
        await page.Page.GetByLabel("Namespace").FillAsync("space-7");
        await TakeAsync("filter", () => page.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync(), page.Page.Locator("main > .quiet"), "1,000 incidents");

        // What the browser itself was busy with in one go, as it counts it: above 50 ms a person begins to notice.
        var longest = await page.Page.EvaluateAsync<double>("new Promise(done => { let most = 0; const seen = new PerformanceObserver(list => list.getEntries().forEach(entry => most = Math.max(most, entry.duration))); seen.observe({ type: 'longtask', buffered: true }); requestAnimationFrame(() => setTimeout(() => done(most), 0)); })");
        times.Add($"longest task of the browser {longest.ToString("0", CultureInfo.InvariantCulture)} ms");
        await File.WriteAllLinesAsync(Path.Combine(Browser.Screenshots, "ten-thousand-incidents.txt"), times, TestContext.Current.CancellationToken);
        page.Complaints.ShouldBeEmpty();

        async Task<IReadOnlyList<string>> LinksAsync() => await page.Page.Locator(".incidents tbody a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)");

        async Task TakeAsync(string what, Func<Task> step, ILocator seen, string text)
        {
            var began = TimeProvider.System.GetTimestamp();
            await step();
            await Assertions.Expect(seen).ToContainTextAsync(text);
            times.Add($"{what} {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms");
        }
    }

    private static string Title(int number) => string.Create(CultureInfo.InvariantCulture, $"trouble number {number}");

    private static async Task SowAsync(RunningServer server)
    {
        const int Part = 500;
        var ids = server.Services.GetRequiredService<IdSource>();
        var begin = TimeProvider.System.GetUtcNow().AddHours(-Incidents / 60.0);
        foreach (var numbers in Enumerable.Range(1, Incidents).Chunk(Part))
        {
            Incident[] incidents = [.. numbers.Select(number => One(ids, number, begin.AddMinutes(number)))];
            await server.Store.CommitAsync(new StoreChange { Incidents = incidents }, TestContext.Current.CancellationToken);
        }
    }

    private static Incident One(IdSource ids, int number, DateTimeOffset at)
    {
        var open = number > Incidents - Open;
        var incident = Seed.Of(ids, $"app-{number}", Title(number), open ? IncidentState.Diagnosed : IncidentState.Closed, open ? Severity.Critical : Severity.Warning, at);
        return incident with { Target = incident.Target with { Namespace = $"space-{number % 10}" }, ClosedAt = open ? null : at.AddMinutes(1) };
    }
}
