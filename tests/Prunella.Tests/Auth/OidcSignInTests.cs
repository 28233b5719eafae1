using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Hosting;
using Prunella.Remediation.Approvals;

namespace Prunella.Tests.Auth;

/// <summary>Signing in at a real provider over loopback: what opens a session, and everything that must not.</summary>
public sealed class OidcSignInTests(SharedOidcServer shared) : IClassFixture<SharedOidcServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GoodWalk_OpensASessionWithTheRoleOfTheGroup_AndSigningOutLeadsToTheProvider()
    {
        var both = shared.Fresh("walker");
        using var person = new Walker(both);

        var (status, page) = await person.SignInAsync("/trust");

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("url=/trust");
        (await person.GetAsync("/trust")).Page.ShouldContain("walker · approver");
        var entry = (await both.Server.Store.ReadLedgerAsync("session/walker", 10, Cancellation)).ShouldHaveSingleItem();
        (entry.Kind, entry.Actor).ShouldBe(("signed-in", "person:walker"));
        entry.Payload.GetProperty("subject").GetString().ShouldBe("subject-of-walker");

        var left = await person.SignOutAsync();
        left.ShouldContain($"{both.Provider.Address}connect/end?client_id=prunella&amp;post_logout_redirect_uri=");
        (await person.GetAsync("/trust")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await both.Server.Store.ReadLedgerAsync("session/walker", 10, Cancellation)).Select(one => one.Kind).ShouldBe(["signed-in", "signed-out"]);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("no nonce")]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("expired")]
    [InlineData("without an end")]
    [InlineData("alg none")]
    [InlineData("alg none, nothing else to check")]
    [InlineData("another key")]
    [InlineData("public key as secret")]
    public async Task ForgedIdentityToken_OpensNothing(string what)
    {
        var both = shared.Fresh();
        using var other = RSA.Create(2_048);
        both.Provider.Forge = (header, payload) =>
        {
            switch (what)
            {
                case "nonce": payload["nonce"] = "of another sign-in"; break;
                case "no nonce": payload.Remove("nonce"); break;
                case "audience": payload["aud"] = "another-client"; break;
                case "issuer": payload["iss"] = "https://evil.example/"; break;
                case "expired": payload["exp"] = DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeSeconds(); payload["iat"] = payload["exp"]!.GetValue<long>() - 60; payload.Remove("nbf"); break;
                case "without an end": payload.Remove("exp"); break;
                case "alg none": header["alg"] = "none"; return OidcProvider.Content(header, payload) + ".";
                case "alg none, nothing else to check": header["alg"] = "none"; payload.Remove("at_hash"); return OidcProvider.Content(header, payload) + ".";
                case "another key": return OidcProvider.Sign(header, payload, other);
                default: header["alg"] = "HS256"; return both.Provider.SignByPublicKey(header, payload);
            }
            return both.Provider.Sign(header, payload);
        };

        await RefusedAsync(both, HttpStatusCode.Unauthorized, "does not hold");
    }

    [Fact]
    public async Task AnUnchangedTokenSignedAnewByTheTestsOwnHand_IsTaken()
    {
        var both = shared.Fresh();
        both.Provider.Forge = (header, payload) => both.Provider.Sign(header, payload);
        using var person = new Walker(both);

        (await person.SignInAsync()).Status.ShouldBe(HttpStatusCode.OK, "otherwise the forged tokens above are refused for their signature");
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("missing")]
    [InlineData("of another browser")]
    public async Task State_ThatWasNotGivenToThisBrowser_OpensNothing(string which)
    {
        var both = shared.Fresh();
        using var person = new Walker(both);
        using var stranger = new Walker(both);
        var before = await LedgerAsync(both);
        var back = await person.ToCallbackAsync();
        var address = which switch
        {
            "forged" => new Uri(back.AbsoluteUri.Replace("state=", "state=x", StringComparison.Ordinal)),
            "missing" => new Uri(System.Text.RegularExpressions.Regex.Replace(back.AbsoluteUri, "[?&]state=[^&]*", "")),
            _ => back,
        };

        var (status, page) = await (which == "of another browser" ? stranger : person).GetAsync(address.PathAndQuery);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        page.ShouldContain("not begun here");
        (await LedgerAsync(both)).ShouldBe(before);
    }

    [Fact]
    public async Task Callback_ThatIsReplayed_OpensNoSecondSession()
    {
        var both = shared.Fresh();
        using var person = new Walker(both);
        var back = await person.ToCallbackAsync();
        var cookies = person.Cookies;
        var before = await LedgerAsync(both);

        (await person.GetAsync(back.PathAndQuery)).Status.ShouldBe(HttpStatusCode.OK);
        (await person.GetAsync(back.PathAndQuery)).Status.ShouldBe(HttpStatusCode.Unauthorized, "the browser has no state any more");
        using var thief = new Walker(both, cookies);
        (await thief.GetAsync(back.PathAndQuery)).Status.ShouldBe(HttpStatusCode.Unauthorized, "with the cookies of before the provider knows that the code was used");

        (await LedgerAsync(both)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Groups_ThatAllowNothing_AreRefused_AndTheHighestThatFitsCounts()
    {
        var both = shared.Fresh();
        both.Provider.Groups = ["sales", "SRE"];
        await RefusedAsync(both, HttpStatusCode.Forbidden, "none of your groups");

        both.Provider.Groups = ["sales", "guests", "sre"];
        using var person = new Walker(both);
        await person.SignInAsync();
        (await person.GetAsync("/")).Page.ShouldContain("ana · approver");
    }

    [Fact]
    public async Task AllowedGroup_IsNeededBesideARole_AndADefaultRoleIsOnlyForThem()
    {
        await using var both = await OidcServer.StartAsync(new("auth:oidc:allowedGroups:0", "staff"), new("auth:oidc:defaultRole", "Viewer"));
        await RefusedAsync(both, HttpStatusCode.Forbidden, "none of your groups");

        both.Provider.Groups = ["staff"];
        using var person = new Walker(both);
        await person.SignInAsync();
        (await person.GetAsync("/")).Page.ShouldContain("ana · viewer");
    }

    [Theory]
    [InlineData("prunella")]
    [InlineData("../../etc")]
    [InlineData("ana\nperson:bo")]
    public async Task Name_ThatTheLedgerCannotCarry_IsRefused(string name)
    {
        var both = shared.Fresh();
        both.Provider.Name = name;

        await RefusedAsync(both, HttpStatusCode.Forbidden, "cannot stand in the ledger");
    }

    [Fact]
    public async Task ProviderAway_IsSaidPlainly_AtTheBeginningAndAtTheEnd()
    {
        await using var both = await OidcServer.StartAsync();
        using var person = new Walker(both);
        var back = await person.ToCallbackAsync();
        await both.Provider.StopAsync();
        var (status, page) = await person.GetAsync(back.PathAndQuery);
        status.ShouldBe(HttpStatusCode.BadGateway);
        page.ShouldContain("does not answer the server now");

        await using var away = await OidcServer.StartAsync();
        await away.Provider.StopAsync();
        using var early = new Walker(away);
        (status, page) = await early.GetAsync("/sign-in/provider?to=/");
        status.ShouldBe(HttpStatusCode.BadGateway);
        page.ShouldContain("sign in with a token");
    }

    [Fact]
    public async Task TokenEndpointThatRefuses_OpensNothing()
    {
        var both = shared.Fresh();
        both.Provider.TokenStatus = 500;
        using var person = new Walker(both);
        var before = await LedgerAsync(both);

        (await person.SignInAsync()).Status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.BadGateway);
        (await LedgerAsync(both)).ShouldBe(before);
    }

    [Fact]
    public async Task RedirectAddress_IsTheConfiguredOne_WhateverHostIsSent()
    {
        var both = shared.Fresh();
        using var person = new Walker(both);

        var there = await person.BeginAsync("/", host: "evil.example");

        System.Web.HttpUtility.ParseQueryString(there.Query)["redirect_uri"].ShouldBe($"{both.Server.Address}sign-in/back");
        there.Query.ShouldContain("code_challenge_method=S256");
        there.Query.ShouldContain("nonce=");
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    public async Task SignIn_LeadsOnlyToThisServer(string to)
    {
        var both = shared.Fresh();
        using var person = new Walker(both);

        (await person.SignInAsync(to)).Page.ShouldContain("url=/\"");
    }

    [Fact]
    public async Task Session_EndsWhenItsGroupIsTakenOutOfTheConfiguration_AndWhenAnAdminEndsIt()
    {
        await using var both = await OidcServer.StartAsync();
        using var person = new Walker(both);
        await person.SignInAsync();
        var roles = both.Server.Services.GetRequiredService<IOptions<AuthOptions>>().Value.Oidc.Roles;
        var sre = roles[0];
        roles.RemoveAt(0);
        (await person.GetAsync("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        roles.Add(sre);
        (await person.GetAsync("/")).Status.ShouldBe(HttpStatusCode.OK);

        using var admin = await both.Server.AsAsync(Role.Admin);
        (await admin.DeleteAsync("/api/v1/sessions/ana", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await person.GetAsync("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await admin.DeleteAsync("/api/v1/sessions/ana", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Failures_AreThrottledByAddress_AlsoForThoseWhoComeBack()
    {
        await using var both = await OidcServer.StartAsync(new KeyValuePair<string, string?>("auth:failuresPerMinuteMax", "2"));
        using var person = new Walker(both);
        List<HttpStatusCode> statuses = [];
        for (var attempt = 0; attempt < 3; attempt++) statuses.Add((await person.GetAsync("/sign-in/back?code=x&state=y")).Status);

        statuses[0].ShouldBe(HttpStatusCode.Unauthorized);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        (await person.GetAsync("/sign-in/provider")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task WithoutAProvider_ThereIsNothingOfIt()
    {
        await using var server = await RunningServer.StartAsync();

        (await server.Anonymous.GetStringAsync("/sign-in", Cancellation)).ShouldNotContain("/sign-in/provider");
        (await server.Anonymous.GetAsync("/sign-in/provider", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "it is an address like any other that is not there");
    }

    [Theory]
    [InlineData("auth:oidc:authority", "http://id.example.org", "https")]
    [InlineData("auth:oidc:address", "http://prunella.example.org", "https")]
    [InlineData("auth:oidc:address", "https://prunella.example.org/below", "without a path")]
    [InlineData("auth:oidc:clientId", "", "client's id")]
    [InlineData("auth:oidc:credential", "hunter2", "env:NAME")]
    [InlineData("auth:oidc:roles:0:value", null, "nobody could sign in")]
    public void Configuration_ThatIsUnsafe_IsRefusedWithItsKey(string key, string? value, string says)
    {
        var given = new Dictionary<string, string?>
        {
            ["auth:oidc:authority"] = "https://id.example.org", ["auth:oidc:address"] = "https://prunella.example.org", ["auth:oidc:clientId"] = "prunella", ["auth:oidc:roles:0:value"] = "sre",
        };
        ServerConfiguration.Load(file: null, given).Faults.ShouldBeEmpty();
        if (value is null) given.Remove(key);
        else given[key] = value;

        var faults = ServerConfiguration.Load(file: null, given).Faults;

        faults.ShouldHaveSingleItem().ToString().ShouldContain(says);
        faults[0].ToString().ShouldNotContain("hunter2");
    }

    private static async Task RefusedAsync(OidcServer both, HttpStatusCode status, string says)
    {
        using var person = new Walker(both);
        var before = await LedgerAsync(both);
        var (answered, page) = await person.SignInAsync();
        answered.ShouldBe(status);
        page.ShouldContain(says);
        (await person.GetAsync("/")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await LedgerAsync(both)).ShouldBe(before);
    }

    private static async Task<int> LedgerAsync(OidcServer both) => (await both.Server.Store.ReadLedgerAsync(1, 10_000, Cancellation)).Count(entry => entry.Kind == "signed-in");

    /// <summary>A browser without a screen: it keeps cookies and follows what it is told to.</summary>
    private sealed class Walker : IDisposable
    {
        private readonly OidcServer both;
        private readonly CookieContainer jar = new();
        private readonly HttpClient client;

        internal Walker(OidcServer both, IReadOnlyList<Cookie>? cookies = null)
        {
            this.both = both;
            foreach (var cookie in cookies ?? Array.Empty<Cookie>()) jar.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
            client = new HttpClient(new HttpClientHandler { CookieContainer = jar, AllowAutoRedirect = false }) { BaseAddress = both.Server.Address };
        }

        internal IReadOnlyList<Cookie> Cookies => [.. jar.GetAllCookies().Cast<Cookie>()];

        internal async Task<(HttpStatusCode Status, string Page)> GetAsync(string path)
        {
            using var answer = await client.GetAsync(path, Cancellation);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        }

        internal async Task<Uri> BeginAsync(string to, string? host = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/sign-in/provider?to={Uri.EscapeDataString(to)}");
            request.Headers.Host = host;
            using var begun = await client.SendAsync(request, Cancellation);
            begun.StatusCode.ShouldBe(HttpStatusCode.Found);
            return begun.Headers.Location!;
        }

        internal async Task<Uri> ToCallbackAsync(string to = "/")
        {
            using var consented = await client.GetAsync(await BeginAsync(to), Cancellation);
            consented.StatusCode.ShouldBe(HttpStatusCode.Found, await consented.Content.ReadAsStringAsync(Cancellation));
            return consented.Headers.Location!;
        }

        internal async Task<(HttpStatusCode Status, string Page)> SignInAsync(string to = "/") => await GetAsync((await ToCallbackAsync(to)).PathAndQuery);

        internal async Task<string> SignOutAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = new FormUrlEncodedContent([]) };
            request.Headers.Add("Origin", both.Server.Address.GetLeftPart(UriPartial.Authority));
            using var answer = await client.SendAsync(request, Cancellation);
            return await answer.Content.ReadAsStringAsync(Cancellation);
        }

        public void Dispose() => client.Dispose();
    }
}
