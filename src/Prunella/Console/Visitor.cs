using Microsoft.AspNetCore.Components.Authorization;
using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Console;

/// <summary>Who looks at the page. One for each open page.</summary>
internal sealed class Visitor(AuthenticationStateProvider states, SessionBook sessions, DemoAccess demo)
{
    /// <summary>The person; null when the session has ended.</summary>
    internal async Task<Person?> SeeAsync() => PersonClaims.Read((await states.GetAuthenticationStateAsync()).User);

    /// <summary>The person with the role that they have at this moment, read again: a page may be open for hours.</summary>
    /// <exception cref="SessionEndedException">The session ended, or its token was revoked.</exception>
    internal async Task<Person> ActAsync(CancellationToken cancellation)
    {
        var user = (await states.GetAuthenticationStateAsync()).User;
        var cookie = user.FindFirst(SessionAuthentication.CookieClaim)?.Value ?? "";
        if (demo.Enabled && cookie.Length == 0 && PersonClaims.Read(user) is { } guest) return guest;
        return cookie.Length > 0 && await sessions.FindAsync(cookie, cancellation) is { } person ? person : throw new SessionEndedException();
    }
}

/// <summary>The session ended while its page was open. Nothing was changed.</summary>
internal sealed class SessionEndedException() : Exception("Your session has ended. Sign in again.");
