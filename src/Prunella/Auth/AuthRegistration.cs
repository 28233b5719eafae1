using Prunella.Auth.Oidc;

namespace Prunella.Auth;

/// <summary>Adds authentication and authorisation.</summary>
internal static class AuthRegistration
{
    internal static IServiceCollection AddPrunellaAuth(this IServiceCollection services, IConfiguration configuration, bool demo)
    {
        services.AddSingleton(new DemoAccess(demo));
        services.AddSingleton<TokenBook>();
        services.AddSingleton<FailureThrottle>();
        // The core alone: tokens and sessions of the store need no key ring, which AddAuthentication brings and reads at every start.
        services.AddWebEncoders();
        services.AddTransient<TokenAuthentication>();
        services.AddSingleton<SessionBook>();
        services.AddTransient<SessionAuthentication>();
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = TokenAuthentication.SchemeName;
            options.AddScheme<TokenAuthentication>(TokenAuthentication.SchemeName, displayName: null);
            options.AddScheme<SessionAuthentication>(SessionAuthentication.SchemeName, displayName: null);
        });
        services.AddAuthorization(Access.AddPolicies);
        if (!demo && configuration[$"{AuthOptions.Section}:oidc:authority"] is { Length: > 0 }) OidcRegistration.Add(services);
        return services;
    }
}
