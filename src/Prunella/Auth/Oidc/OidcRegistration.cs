using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Prunella.Auth.Oidc;

/// <summary>Adds signing in at a provider. Called only where one is configured, so that nobody else loads what it takes.</summary>
internal static class OidcRegistration
{
    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton<OidcSignIn>();
        services.AddTransient<OpenIdConnectHandler>();
        services.Configure<AuthenticationOptions>(options => options.AddScheme<OpenIdConnectHandler>(OidcSignIn.SchemeName, displayName: null));
        services.AddOptions<OpenIdConnectOptions>(OidcSignIn.SchemeName).Configure<OidcSignIn, IOptions<AuthOptions>, TimeProvider>(static (options, signIn, auth, time) => Configure(options, signIn, auth.Value.Oidc, time));
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>();
    }

    private static void Configure(OpenIdConnectOptions options, OidcSignIn signIn, OidcOptions given, TimeProvider time)
    {
        options.Authority = given.Authority;
        options.RequireHttpsMetadata = given.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        options.ClientId = given.ClientId;
        options.TimeProvider = time;
        options.BackchannelTimeout = given.AnswersWithin;
        options.ResponseType = "code";
        // The answer comes as a navigation, so its cookies can be Lax; what is in the address is of use once, and only with PKCE's verifier.
        options.ResponseMode = "query";
        options.UsePkce = true;
        options.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable;
        options.Scope.Clear();
        foreach (var scope in given.Scopes.Prepend("profile").Prepend("openid").Distinct(StringComparer.Ordinal)) options.Scope.Add(scope);
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.DisableTelemetry = true;
        options.CallbackPath = OidcSignIn.CallbackPath;
        // Signing out begins at the console; nobody else ends sessions by an address.
        options.RemoteSignOutPath = default;
        options.SignedOutCallbackPath = default;
        options.SignInScheme = SessionAuthentication.SchemeName;
        options.TokenValidationParameters.NameClaimType = given.NameClaim;
        options.TokenValidationParameters.RequireSignedTokens = true;
        options.TokenValidationParameters.ValidAlgorithms = OidcSignIn.Algorithms;
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        foreach (var cookie in (CookieBuilder[])[options.NonceCookie, options.CorrelationCookie])
            (cookie.HttpOnly, cookie.SameSite, cookie.SecurePolicy) = (true, SameSiteMode.Lax, given.Address.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? CookieSecurePolicy.Always : CookieSecurePolicy.None);
        options.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = signIn.SendAsync, OnMessageReceived = signIn.ReceiveAsync, OnAuthorizationCodeReceived = signIn.RedeemAsync,
            OnTokenValidated = OidcSignIn.CheckAsync, OnTicketReceived = signIn.AcceptAsync, OnRemoteFailure = signIn.FailAsync, OnAccessDenied = signIn.DenyAsync,
        };
    }
}
