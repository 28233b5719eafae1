using Microsoft.Playwright;
using Prunella.Console.Tests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Prunella.Console.Tests;

/// <summary>Debian's Chromium, started once for all tests; each test has a context, and so cookies, of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    // A machine ten times slower has to come to the same result.
    private const float PatienceMs = 120_000;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The folder of screenshots.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "console")).FullName;

    private static string? Chromium { get; } =
        new[] { Environment.GetEnvironmentVariable("PRUNELLA_TEST_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null) return;
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"], Timeout = PatienceMs });
    }

    /// <summary>A page with nothing remembered. Skips the test where there is no Chromium.</summary>
    public async Task<WatchedPage> OpenAsync(Uri server, ColorScheme theme = ColorScheme.Light, int width = 1280)
    {
        if (browser is null) Assert.Skip("Chromium is not installed (Debian: chromium; another path: PRUNELLA_TEST_CHROMIUM).");
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = server.ToString(), ColorScheme = theme, ViewportSize = new() { Width = width, Height = width < 600 ? 844 : 900 }, ReducedMotion = ReducedMotion.Reduce, AcceptDownloads = true,
        });
        context.SetDefaultTimeout(PatienceMs);
        context.SetDefaultNavigationTimeout(PatienceMs);
        return new WatchedPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
