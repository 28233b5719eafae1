using Microsoft.AspNetCore.Http.HttpResults;
using Prunella.Console;

namespace Prunella.Auth;

/// <summary>Signing in to the console with a token, and out again.</summary>
internal static partial class SignInEndpoints
{
    internal static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").ExcludeFromDescription();
        group.MapGet("/sign-in", (HttpContext context, string? to) => Page(context, to, "")).Needs(Access.Anyone);
        group.MapPost("/sign-in", SignInAsync).Needs(Access.Anyone);
        group.MapPost("/sign-out", SignOutAsync).Needs(Access.Anyone);
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
            return Page(context, to, $"Too many failed attempts. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.");
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
        if (SessionAuthentication.CookieOf(context.Request) is { Length: > 0 and < 512 } cookie) await sessions.CloseAsync(cookie, cancellation);
        SessionAuthentication.Take(context);
        return Results.LocalRedirect("/sign-in");
    }

    // A form of this site says so by its Origin; browsers send it with every post.
    private static IResult? Refusal(HttpRequest request) =>
        !request.HasFormContentType ? Results.Problem(statusCode: 415, title: "A form is expected")
        : request.Headers.Origin.Count == 0 || SessionAuthentication.IsForeign(request) ? Results.Problem(statusCode: 403, title: "The form came from another site")
        : null;

    private static IResult Page(HttpContext context, string? to, string fault)
    {
        ConsoleHeaders.Write(context.Response);
        return new RazorComponentResult<SignInPage>(new Dictionary<string, object?> { [nameof(SignInPage.To)] = Local(to), [nameof(SignInPage.Fault)] = fault }) { StatusCode = context.Response.StatusCode };
    }

    // Only a path of this server: "//elsewhere" and "/\elsewhere" are hosts to a browser.
    private static string Local(string? to) => to is { Length: > 0 and <= 512 } && to[0] == '/' && (to.Length == 1 || to[1] is not ('/' or '\\')) && !to.Any(char.IsControl) ? to : "/";

    [LoggerMessage(1401, LogLevel.Warning, "A sign-in to the console failed from {Address}")]
    private static partial void Failed(ILogger logger, string address);
}
