using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Prunella.Auth.Oidc;
using Prunella.Console;

namespace Prunella.Auth;

/// <summary>Signing in to the console with a token or at a provider, and out again.</summary>
internal static partial class SignInEndpoints
{
    internal static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").ExcludeFromDescription();
        group.MapGet("/sign-in", (HttpContext context, string? to) => Page(context, to, "")).Needs(Access.Anyone);
        group.MapPost("/sign-in", SignInAsync).Needs(Access.Anyone);
        group.MapPost("/sign-out", SignOutAsync).Needs(Access.Anyone);
        if (!endpoints.ServiceProvider.GetRequiredService<IOptions<AuthOptions>>().Value.Oidc.Enabled || endpoints.ServiceProvider.GetRequiredService<DemoAccess>().Enabled) return;
        group.MapGet(OidcSignIn.BeginPath, (HttpContext context, OidcSignIn provider, string? to) => provider.BeginAsync(context, Local(to))).Needs(Access.Anyone);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SessionBook sessions, FailureThrottle throttle, ILogger<SessionBook> logger, CancellationToken cancellation)
    {
        if (Refusal(context.Request) is { } refused) return refused;
        var form = await context.Request.ReadFormAsync(cancellation);
        var to = form["to"].ToString();
        var address = context.Connection.RemoteIpAddress;
        if (throttle.WaitOf(address) is { } wait)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Page(context, to, WaitText(wait));
        }
        if (form["token"].ToString().Trim() is { Length: > 0 and <= 512 } token && await sessions.OpenAsync(token, cancellation) is { } session)
        {
            SessionAuthentication.Give(context, session.Cookie, session.ExpiresAt);
            return Results.LocalRedirect(Local(to));
        }
        throttle.Failed(address);
        Failed(logger, address?.ToString() ?? "an unknown address");
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Page(context, to, "No token like this holds. An admin makes one with: prunella token create NAME --role viewer");
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SessionBook sessions, CancellationToken cancellation)
    {
        if (Refusal(context.Request) is { } refused) return refused;
        var ended = SessionAuthentication.CookieOf(context.Request) is { Length: > 0 and < 512 } cookie ? await sessions.CloseAsync(cookie, cancellation) : null;
        SessionAuthentication.Take(context);
        // A form of this site may not lead elsewhere, which is why a page goes on from here.
        return ended?.Identity is not null && context.RequestServices.GetService<OidcSignIn>() is { } provider && await provider.SignOutAddressAsync(context) is { } there
            ? Moving(context, there)
            : Results.LocalRedirect("/sign-in");
    }

    // A form of this site says so by its Origin; browsers send it with every post.
    private static IResult? Refusal(HttpRequest request) =>
        !request.HasFormContentType ? Results.Problem(statusCode: 415, title: "A form is expected")
        : request.Headers.Origin.Count == 0 || SessionAuthentication.IsForeign(request) ? Results.Problem(statusCode: 403, title: "The form came from another site")
        : null;

    /// <summary>Shows the sign-in page with what went wrong.</summary>
    internal static Task ShowAsync(HttpContext context, int status, string fault, string to)
    {
        context.Response.StatusCode = status;
        return Page(context, to, fault).ExecuteAsync(context);
    }

    /// <summary>Goes on by a page of this site: a browser that came from elsewhere sends the session's cookie only with what this site begins.</summary>
    internal static Task MoveAsync(HttpContext context, string to) => Moving(context, to).ExecuteAsync(context);

    /// <summary>How long to wait, for people.</summary>
    internal static string WaitText(TimeSpan wait) => $"Too many failed attempts. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.";

    private static RazorComponentResult<MovingPage> Moving(HttpContext context, string to)
    {
        ConsoleHeaders.Write(context.Response);
        return new RazorComponentResult<MovingPage>(new Dictionary<string, object?> { [nameof(MovingPage.To)] = to });
    }

    private static IResult Page(HttpContext context, string? to, string fault)
    {
        var auth = context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value.Oidc;
        ConsoleHeaders.Write(context.Response);
        return new RazorComponentResult<SignInPage>(new Dictionary<string, object?> { [nameof(SignInPage.To)] = Local(to), [nameof(SignInPage.Fault)] = fault, [nameof(SignInPage.Provider)] = auth.Enabled ? auth.Name : "" }) { StatusCode = context.Response.StatusCode };
    }

    // Only a path of this server: "//elsewhere" and "/\elsewhere" are hosts to a browser.
    internal static string Local(string? to) => to is { Length: > 0 and <= 512 } && to[0] == '/' && (to.Length == 1 || to[1] is not ('/' or '\\')) && !to.Any(char.IsControl) ? to : "/";

    [LoggerMessage(1401, LogLevel.Warning, "A sign-in to the console failed from {Address}")]
    private static partial void Failed(ILogger logger, string address);
}
