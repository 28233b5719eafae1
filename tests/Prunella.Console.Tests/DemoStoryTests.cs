using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Prunella.Demo;
using Prunella.Demo.Stories;
using Prunella.Hosting;

namespace Prunella.Console.Tests;

/// <summary>The whole of Prunella in a browser: engine, cluster and alerts as in the demo, the person on call in front of the page.</summary>
public sealed partial class DemoStoryTests(Browser browser)
{
    [Fact]
    public async Task BadRelease_IsAskedAbout_Approved_AndMended()
    {
        using var told = new ListeningWriter();
        using var clock = new DemoClock(DemoClock.AsOnTheWall);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("prunella-story-").FullName;
        var demo = new DemoRun(new ServeSettings { Demo = true, Urls = "http://127.0.0.1:0", Data = folder }, new Narrator(told, colours: false, 200, clock), clock)
        {
            Stories = [AllStories.Shop.Single(story => story.Alert == "HighErrorRate")], OnCallAnswers = false,
        };
        var playing = demo.PlayAsync(ending.Token);
        try
        {
            var first = await Task.WhenAny(playing, told.Address.Task);
            if (first == playing) await playing;
            await using var page = await browser.OpenAsync(await told.Address.Task);
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
        finally
        {
            await ending.CancelAsync();
            await playing;
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the demo tells, and the address in it.</summary>
    private sealed partial class ListeningWriter : StringWriter
    {
        internal TaskCompletionSource<Uri> Address { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (value is not null && OpenLine().Match(value) is { Success: true } open) Address.TrySetResult(new Uri(open.Groups[1].Value));
        }

        [GeneratedRegex(@"^\s*Open\s+(http\S+)", RegexOptions.CultureInvariant)]
        private static partial Regex OpenLine();
    }
}
