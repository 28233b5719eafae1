using Microsoft.AspNetCore.Authentication;

namespace Prunella.Auth;

/// <summary>Adds authentication and authorisation.</summary>
internal static class AuthRegistration
{
    internal static IServiceCollection AddPrunellaAuth(this IServiceCollection services, bool demo)
    {
        services.AddSingleton(new DemoAccess(demo));
        services.AddSingleton<TokenBook>();
        services.AddSingleton<FailureThrottle>();
        services.AddAuthentication(TokenAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorization(Access.AddPolicies);
        return services;
    }
}
