using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>Authenticates people of the console by the cookie of their session. Only the demo goes without, on loopback.</summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder,
    SessionBook sessions, DemoAccess demo) : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    internal const string SchemeName = "session";
    private const string CookieName = "prunella";

    /// <summary>The claim that carries the cookie, so that a long-lived page can ask again whether it holds.</summary>
    internal const string CookieClaim = "session";

    /// <summary>The cookie of a request; null when there is none.</summary>
    internal static string? CookieOf(HttpRequest request) => request.Cookies[CookieName];

    /// <summary>Gives the browser its cookie, out of reach of scripts and of requests that other sites make.</summary>
    /// <param name="context">The request that is answered.</param>
    /// <param name="cookie">The cookie's value.</param>
    /// <param name="expiresAt">When it ends.</param>
    /// <param name="secure">That the browser came over TLS, where the request does not tell.</param>
    internal static void Give(HttpContext context, string cookie, DateTimeOffset expiresAt, bool secure = false) => context.Response.Cookies.Append(CookieName, cookie, OptionsOf(context.Request, expiresAt, secure));

    /// <summary>Takes the cookie back.</summary>
    internal static void Take(HttpContext context) => context.Response.Cookies.Delete(CookieName, OptionsOf(context.Request, null));

    // The form's Origin tells whether the browser came over TLS, also when a proxy ends it before this server.
    private static CookieOptions OptionsOf(HttpRequest request, DateTimeOffset? expiresAt, bool secure = false) => new()
    {
        HttpOnly = true, Secure = secure || request.IsHttps || request.Headers.Origin.ToString().StartsWith("https://", StringComparison.OrdinalIgnoreCase),
        SameSite = SameSiteMode.Strict, Path = "/", Expires = expiresAt, IsEssential = true,
    };

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (IsForeign(Request)) return AuthenticateResult.NoResult();
        if (CookieOf(Request) is { Length: > 0 and < 512 } cookie && await sessions.FindAsync(cookie, Context.RequestAborted) is { } person) return Known(person, cookie);
        return demo.Enabled && Context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            ? Known(new Person(DemoAccess.Name, Role.Admin), "")
            : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            Response.Redirect("/sign-in?to=" + Uri.EscapeDataString(Request.Path + Request.QueryString));
            return Task.CompletedTask;
        }
        return Results.Problem(statusCode: 401, title: "Nobody is signed in", detail: "Sign in at /sign-in with a token that holds.").ExecuteAsync(Context);
    }

    /// <summary>Whether a page of another site sent it: its Origin is not this host. SameSite keeps the cookie away already; this is the second lock.</summary>
    internal static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static AuthenticateResult Known(Person person, string cookie)
    {
        var principal = PersonClaims.Write(person, SchemeName);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(CookieClaim, cookie));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }
}
