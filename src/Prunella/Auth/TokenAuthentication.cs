using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>Authenticates people by <c>Authorization: Bearer</c>. Without one, only the demo knows who it is, and only on loopback.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder,
    TokenBook tokens, FailureThrottle throttle, DemoAccess demo) : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    internal const string SchemeName = "token";
    private const string ThrottledItem = "prunella.throttled";

    /// <summary>The bearer token of a request; null when there is none.</summary>
    internal static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? value["Bearer ".Length..].Trim()
            : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A webhook's sender brings another kind of token; asking here would count it as a failure.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<Access>() is not { Role: not null }) return AuthenticateResult.NoResult();
        var bearer = BearerOf(Request);
        if (bearer is null)
        {
            return demo.Enabled && Context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
                ? Known(new Person(DemoAccess.Name, Role.Admin))
                : AuthenticateResult.NoResult();
        }
        if (throttle.WaitOf(Context.Connection.RemoteIpAddress) is { } wait)
        {
            Context.Items[ThrottledItem] = wait;
            return AuthenticateResult.Fail("too many failures");
        }
        var token = await tokens.FindAsync(bearer, Context.RequestAborted);
        if (token is { Role: { } role }) return Known(new Person(token.Name, role));
        throttle.Failed(Context.Connection.RemoteIpAddress);
        return AuthenticateResult.Fail("no token that holds");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.Items.TryGetValue(ThrottledItem, out var item) && item is TimeSpan wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Results.Problem(statusCode: 429, title: "Too many failed attempts", detail: "Wait as long as Retry-After says.").ExecuteAsync(Context);
        }
        Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(statusCode: 401, title: "A token is needed",
            detail: "Send \"Authorization: Bearer TOKEN\" with a token that holds. An admin makes one with: prunella token create NAME --role viewer").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<Access>()?.Role;
        var person = PersonClaims.Read(Context.User);
        return Results.Problem(statusCode: 403, title: "Your role does not allow this",
            detail: needed is null ? "This address is not open to anyone." : $"It needs the role {needed}; {person?.Name} is {person?.Role}.").ExecuteAsync(Context);
    }

    private static AuthenticateResult Known(Person person) =>
        AuthenticateResult.Success(new AuthenticationTicket(PersonClaims.Write(person, SchemeName), SchemeName));
}
