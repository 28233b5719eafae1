using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Prunella.Auth;

namespace Prunella.Console.Live;

/// <summary>Asks again and again whether the session of an open page holds; when it does not, the page leads to the sign-in.</summary>
internal sealed class SessionWatch(ILoggerFactory loggers, SessionBook sessions) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(10);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var cookie = authenticationState.User.FindFirst(SessionAuthentication.CookieClaim)?.Value;
        return cookie is { Length: 0 } || (cookie is not null && await sessions.FindAsync(cookie, cancellationToken) is not null);
    }
}
