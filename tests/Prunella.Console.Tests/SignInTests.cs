using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Tests;

namespace Prunella.Console.Tests;

/// <summary>Who gets in, what they may do, and how it ends.</summary>
public sealed class SignInTests(Browser browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Viewer_SignsInByToken_SeesAllAndIsOfferedNothingToChange()
    {
        await using var server = await RunningServer.StartAsync();
        await Seed.SowAsync(server);
        var token = await TokenAsync(server, "vera", Role.Viewer);
        await using var page = await browser.OpenAsync(server.Address);

        await page.Page.GotoAsync("/trust");
        await page.Page.GetByLabel("Token").FillAsync(token);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/trust");
        await page.LiveAsync();
        await Assertions.Expect(page.Page.Locator(".who")).ToHaveTextAsync("vera · viewer");

        foreach (var path in new[] { "/", "/incidents", "/approvals", "/shadow", "/trust", "/ledger", "/cost", "/logs", "/cluster" })
        {
            await page.GoAsync(path);
            (await page.Page.Locator("main .good:is(button), main .danger, main .steps button, main .feedback form").CountAsync()).ShouldBe(0, path);
        }
        page.Complaints.ShouldBeEmpty();
        var entries = await server.Store.ReadLedgerAsync("session/vera", 10, Cancellation);
        entries.ShouldHaveSingleItem().Kind.ShouldBe("signed-in");
    }

    [Fact]
    public async Task RevokedToken_EndsThePageThatIsOpen_BeforeItChangesAnything()
    {
        await using var server = await RunningServer.StartAsync();
        var seed = await Seed.SowAsync(server);
        var token = await TokenAsync(server, "otto", Role.Operator);
        await using var page = await browser.OpenAsync(server.Address);
        await page.SignInAsync(token, "/approvals");
        var card = page.Page.Locator("article.approval");
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();

        await server.Services.GetRequiredService<TokenBook>().RevokeAsync("otto", "person:ada", Cancellation);
        await Task.WhenAny(card.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync(), page.Page.WaitForURLAsync("**/sign-in*"));
        await page.Page.WaitForURLAsync("**/sign-in*");

        (await server.Store.FindApprovalAsync(seed.Approval.Id, Cancellation))!.State.ShouldBe(ApprovalState.Pending);
    }

    [Fact]
    public async Task SignOut_EndsTheSessionForWhoeverHasTheCookie()
    {
        await using var server = await RunningServer.StartAsync();
        var token = await TokenAsync(server, "ada", Role.Admin);
        using var client = Client(server);
        var cookie = await CookieAsync(client, token);

        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        var value = cookie.Split(';')[0];
        (await GetAsync(client, "/", value)).ShouldBe(HttpStatusCode.OK);
        using var leaving = Form("/sign-out", server.Address.GetLeftPart(UriPartial.Authority));
        leaving.Headers.Add("Cookie", value);
        (await client.SendAsync(leaving, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Found);

        (await GetAsync(client, "/", value)).ShouldBe(HttpStatusCode.Unauthorized);
        (await server.Store.ReadLedgerAsync("session/ada", 10, Cancellation)).Select(entry => entry.Kind).ShouldBe(["signed-in", "signed-out"]);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Form_OfAnotherSite_IsRefused(string? origin)
    {
        await using var server = await RunningServer.StartAsync();
        var token = await TokenAsync(server, "ada", Role.Admin);
        using var client = Client(server);

        using var request = Form("/sign-in", origin, ("token", token));
        using var answer = await client.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task Cookie_SentByAnotherSite_OpensNothing()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Client(server);
        var value = (await CookieAsync(client, await TokenAsync(server, "ada", Role.Admin))).Split(';')[0];

        (await GetAsync(client, "/_blazor", value, "https://evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    public async Task SignIn_LeadsOnlyToThisServer(string to)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Client(server);

        using var request = Form("/sign-in", server.Address.GetLeftPart(UriPartial.Authority), ("token", await TokenAsync(server, "ada", Role.Admin)), ("to", to));
        using var answer = await client.SendAsync(request, Cancellation);

        answer.Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Fact]
    public async Task WrongTokens_AreAnsweredWith429AfterAWhile()
    {
        await using var server = await RunningServer.StartAsync([new("auth:failuresPerMinuteMax", "3")]);
        using var client = Client(server);
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            using var request = Form("/sign-in", server.Address.GetLeftPart(UriPartial.Authority), ("token", "prn_wrong"));
            using var answer = await client.SendAsync(request, Cancellation);
            statuses.Add(answer.StatusCode);
        }

        statuses[0].ShouldBe(HttpStatusCode.Unauthorized);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Sessions_OfOnePerson_AreBounded()
    {
        await using var server = await RunningServer.StartAsync();
        var token = await TokenAsync(server, "ada", Role.Admin);
        var sessions = server.Services.GetRequiredService<SessionBook>();
        var first = (await sessions.OpenAsync(token, Cancellation))!.Value.Cookie;
        for (var more = 0; more < SessionBook.SessionsPerPersonMax; more++) await sessions.OpenAsync(token, Cancellation);

        (await sessions.FindAsync(first, Cancellation)).ShouldBeNull();
        (await server.Store.ListSettingsAsync("session/ada/", Cancellation)).Count.ShouldBe(SessionBook.SessionsPerPersonMax);
    }

    private static async Task<string> TokenAsync(RunningServer server, string name, Role role) =>
        (await server.Services.GetRequiredService<TokenBook>().CreateAsync(name, role, null, "test", Cancellation))!;

    private static HttpClient Client(RunningServer server) => new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address };

    private static HttpRequestMessage Form(string path, string? origin, params (string Key, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Key, field.Value))) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return request;
    }

    private static async Task<string> CookieAsync(HttpClient client, string token)
    {
        using var request = Form("/sign-in", client.BaseAddress!.GetLeftPart(UriPartial.Authority), ("token", token));
        using var answer = await client.SendAsync(request, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        return answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("prunella=", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string path, string cookie, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
