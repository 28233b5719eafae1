using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Prunella.Console.Tests;

/// <summary>A page of the browser whose complaints are kept: console errors, failed requests, exceptions, dialogs.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = new();
    private volatile bool closing;

    internal WatchedPage(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") Complain($"{message.Type}: {message.Text}"); };
        page.PageError += (_, error) => Complain($"exception: {error}");
        page.RequestFailed += (_, request) => Complain($"failed: {request.Method} {request.Url} {request.Failure}");
        page.Response += (_, response) => { if (response.Status >= 400) Complain($"{response.Status}: {response.Url}"); };
        page.Dialog += async (_, dialog) => { Complain($"dialog: {dialog.Message}"); await dialog.DismissAsync(); };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    /// <summary>Opens an address and waits until the page is live.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await LiveAsync();
    }

    /// <summary>Signs in on the way to an address, and waits until its page is live.</summary>
    public async Task SignInAsync(string token, string to)
    {
        await Page.GotoAsync(to);
        await Page.GetByLabel("Token").FillAsync(token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await LiveAsync();
    }

    /// <summary>Waits until the page has its connection.</summary>
    public Task LiveAsync() => Page.Locator(".frame[data-live=true]").WaitForAsync();

    /// <summary>Waits until the page has put the focus on its heading, as it does once after it opens: keys pressed before may go astray.</summary>
    public Task SettledAsync(string heading) => Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeFocusedAsync();

    /// <summary>Keeps a picture of the whole page.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Screenshots, name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        closing = true;
        await context.DisposeAsync();
    }

    // Leaving a page cuts its connection, which the page may still report. A browser that gets no processor for half a minute takes
    // the server for gone, and connects again: that is about the machine, not about the page.
    private void Complain(string what)
    {
        if (!closing && !what.Contains("Server timeout elapsed", StringComparison.Ordinal)) complaints.Enqueue(what);
    }
}
