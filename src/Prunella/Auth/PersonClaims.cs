using System.Security.Claims;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>Carries a person through ASP.NET's principal.</summary>
internal static class PersonClaims
{
    internal static ClaimsPrincipal Write(Person person, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, person.Name), new Claim(ClaimTypes.Role, person.Role.ToString())], scheme));

    /// <summary>The person; null when nobody is authenticated.</summary>
    internal static Person? Read(ClaimsPrincipal principal) =>
        principal.Identity is { IsAuthenticated: true, Name: { } name } && Enum.TryParse<Role>(principal.FindFirstValue(ClaimTypes.Role), out var role)
            ? new Person(name, role)
            : null;
}
