using System.Security.Claims;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth.Oidc;

/// <summary>Who a provider says somebody is, as a session keeps it.</summary>
/// <param name="Authority">The provider, as it was configured at the sign-in.</param>
/// <param name="Subject">The provider's own id of the person.</param>
/// <param name="Groups">Those values of the role claim that the configuration names; what they allow is asked again at every request.</param>
internal sealed record OidcIdentity(string Authority, string Subject, IReadOnlyList<string> Groups)
{
    /// <summary>Reads what counts of the claims: the values that the configuration names, so that a person in a thousand groups is small too.</summary>
    internal static OidcIdentity Of(ClaimsPrincipal principal, OidcOptions options)
    {
        var named = options.Roles.Select(role => role.Value).Concat(options.AllowedGroups).ToHashSet(StringComparer.Ordinal);
        return new(options.Authority, principal.FindFirstValue("sub") ?? "", [.. principal.FindAll(options.RoleClaim).Select(claim => claim.Value).Where(named.Contains).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>What the configuration of this moment allows; null for nothing, also when another provider is configured by now.</summary>
    internal Role? RoleBy(OidcOptions options)
    {
        if (!options.Enabled || Authority != options.Authority) return null;
        if (options.AllowedGroups.Count > 0 && !options.AllowedGroups.Any(Groups.Contains)) return null;
        var role = options.DefaultRole;
        foreach (var mapped in options.Roles)
            if (Groups.Contains(mapped.Value) && (role is null || mapped.Role > role)) role = mapped.Role;
        return role;
    }
}
