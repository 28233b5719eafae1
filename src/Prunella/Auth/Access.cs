using Microsoft.AspNetCore.Authorization;
using Prunella.Remediation.Approvals;

namespace Prunella.Auth;

/// <summary>What an endpoint says about who may use it. Every endpoint carries exactly one; a test walks them all.</summary>
internal sealed record Access
{
    private Access(string policy) => Policy = policy;

    /// <summary>The authorisation policy; empty when no token of a person is asked for.</summary>
    public string Policy { get; }

    /// <summary>The role needed; null for <see cref="Anyone"/>, <see cref="Sender"/> and <see cref="Console"/>.</summary>
    public Role? Role { get; private init; }

    /// <summary>Health, readiness and the page's own files: nothing about the cluster.</summary>
    internal static Access Anyone { get; } = new("");

    /// <summary>A webhook's sender, who is checked by the endpoint against its body.</summary>
    internal static Access Sender { get; } = new("");

    /// <summary>The console: people with a session, who sign in by <see cref="SignInEndpoints"/>. What they may change, each action asks for itself.</summary>
    internal static Access Console { get; } = new(SessionAuthentication.SchemeName);

    /// <summary>People of this role and above.</summary>
    internal static Access For(Role role) => new(role.ToString()) { Role = role };

    /// <summary>Adds the policies that endpoints name, and refuses endpoints that say nothing.</summary>
    internal static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<Role>())
            options.AddPolicy(role.ToString(), policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => PersonClaims.Read(context.User) is { } person && person.Role >= role));
        options.AddPolicy(SessionAuthentication.SchemeName, policy => policy.AddAuthenticationSchemes(SessionAuthentication.SchemeName).RequireAuthenticatedUser());
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build();
    }
}

/// <summary>Declares the access of endpoints.</summary>
internal static class AccessExtensions
{
    /// <summary>The endpoint, or every endpoint of the group, needs this.</summary>
    internal static T Needs<T>(this T endpoint, Access access) where T : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(access));
        return access.Policy.Length == 0 ? endpoint.AllowAnonymous() : endpoint.RequireAuthorization(access.Policy);
    }

    /// <summary>The endpoint needs a person of this role or above.</summary>
    internal static T Needs<T>(this T endpoint, Role role) where T : IEndpointConventionBuilder => endpoint.Needs(Access.For(role));
}
