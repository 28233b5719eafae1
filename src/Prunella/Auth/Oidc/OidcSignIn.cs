using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Prunella.Api;
using Prunella.Integrations.Secrets;
using Prunella.Terminal;

namespace Prunella.Auth.Oidc;

/// <summary>
/// What happens on the way to a provider and back. Whoever comes back with what holds, and whose groups allow something, gets a
/// session of the console like one that a token opens; everybody else gets the sign-in page and the reason. Thread-safe.
/// </summary>
internal sealed partial class OidcSignIn(IOptions<AuthOptions> auth, SessionBook sessions, FailureThrottle throttle, SecretReader secrets, ILogger<OidcSignIn> logger)
{
    internal const string SchemeName = "oidc";
    internal const string BeginPath = "/sign-in/provider";
    internal const string CallbackPath = "/sign-in/back";

    /// <summary>How identity tokens may be signed: by a key of which only the provider has the secret half.</summary>
    internal static IReadOnlyList<string> Algorithms { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private OidcOptions Options => auth.Value.Oidc;

    /// <summary>Leads the browser to the provider.</summary>
    internal async Task BeginAsync(HttpContext context, string to)
    {
        if (throttle.WaitOf(context.Connection.RemoteIpAddress) is { } wait)
        {
            await SignInEndpoints.ShowAsync(context, StatusCodes.Status429TooManyRequests, SignInEndpoints.WaitText(wait), to);
            return;
        }
        try
        {
            await context.ChallengeAsync(SchemeName, new AuthenticationProperties { RedirectUri = to });
        }
        catch (Exception away) when (IsAway(away))
        {
            ProviderAway(logger, InertText.Line(away.GetBaseException().Message));
            await SignInEndpoints.ShowAsync(context, StatusCodes.Status502BadGateway, AwayText, to);
        }
    }

    /// <summary>The provider's address for signing out there too; null when it has none, cannot be asked, or is not to be asked.</summary>
    internal async Task<string?> SignOutAddressAsync(HttpContext context)
    {
        if (!Options.SignOutAtProvider) return null;
        try
        {
            var known = context.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(SchemeName).ConfigurationManager;
            var provider = known is null ? null : await known.GetConfigurationAsync(context.RequestAborted);
            return provider?.EndSessionEndpoint is { Length: > 0 } end && Uri.TryCreate(end, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                ? QueryHelpers.AddQueryString(end, new Dictionary<string, string?> { ["client_id"] = Options.ClientId, ["post_logout_redirect_uri"] = BackTo("/sign-in") })
                : null;
        }
        catch (Exception away) when (IsAway(away))
        {
            ProviderAway(logger, InertText.Line(away.GetBaseException().Message));
            return null;
        }
    }

    // Never by the request's Host, which whoever sends it chooses.
    internal Task SendAsync(RedirectContext context)
    {
        context.ProtocolMessage.RedirectUri = BackTo(CallbackPath);
        return Task.CompletedTask;
    }

    internal async Task ReceiveAsync(MessageReceivedContext context)
    {
        if (throttle.WaitOf(context.HttpContext.Connection.RemoteIpAddress) is not { } wait) return;
        await SignInEndpoints.ShowAsync(context.HttpContext, StatusCodes.Status429TooManyRequests, SignInEndpoints.WaitText(wait), "/");
        context.HandleResponse();
    }

    // Read each time, so that a secret that was changed at its place is the one that is used.
    internal async Task RedeemAsync(AuthorizationCodeReceivedContext context)
    {
        if (Options.Credential.Length > 0 && SecretReference.TryParse(Options.Credential, out var reference))
            context.TokenEndpointRequest!.ClientSecret = await secrets.ReadAsync(reference, context.HttpContext.RequestAborted);
    }

    // The library takes what comes straight from the provider without a signature, as the standard allows over TLS. Here nothing without one counts.
    internal static Task CheckAsync(TokenValidatedContext context)
    {
        if (context.SecurityToken.RawSignature.Length == 0 || !Algorithms.Contains(context.SecurityToken.SignatureAlgorithm, StringComparer.Ordinal))
            context.Fail(new SecurityTokenInvalidAlgorithmException($"the identity token is signed by \"{InertText.Line(context.SecurityToken.SignatureAlgorithm)}\""));
        return Task.CompletedTask;
    }

    internal async Task AcceptAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var name = context.Principal?.FindFirst(Options.NameClaim)?.Value;
        var identity = OidcIdentity.Of(context.Principal!, Options);
        context.HandleResponse();
        if (!TokenEndpoints.IsName(name))
        {
            await RefuseAsync(http, identity.Subject, StatusCodes.Status403Forbidden, $"What the provider sent as {Options.NameClaim} cannot stand in the ledger: up to 64 letters, digits, and . _ @ - are needed, and not prunella.");
            return;
        }
        if (identity.RoleBy(Options) is null)
        {
            await RefuseAsync(http, name!, StatusCodes.Status403Forbidden, $"You are {name} there, and none of your groups may use this console. An admin of Prunella can change that.");
            return;
        }
        var session = await sessions.OpenAsync(name!, identity, http.RequestAborted);
        SessionAuthentication.Give(http, session.Cookie, session.ExpiresAt, Options.Address.StartsWith("https:", StringComparison.OrdinalIgnoreCase));
        await SignInEndpoints.MoveAsync(http, SignInEndpoints.Local(context.ReturnUri));
    }

    internal async Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var failure = context.Failure;
        var away = failure is not null && IsAway(failure);
        if (away) ProviderAway(logger, InertText.Line(failure!.GetBaseException().Message));
        var text = failure switch
        {
            _ when away => AwayText,
            SecretUnavailableException => $"The secret for {Options.Name} cannot be read by the server. Its log says why.",
            SecurityTokenException or OpenIdConnectProtocolException => $"What {Options.Name} sent does not hold. Begin again; the server's log says why.",
            _ => "The sign-in was not begun here, or it took too long. Begin again.",
        };
        await RefuseAsync(context.HttpContext, InertText.Line(failure?.Message), away ? StatusCodes.Status502BadGateway : StatusCodes.Status401Unauthorized, text);
    }

    internal async Task DenyAsync(AccessDeniedContext context)
    {
        context.HandleResponse();
        await RefuseAsync(context.HttpContext, "denied there", StatusCodes.Status401Unauthorized, $"The sign-in was refused or given up at {Options.Name}.");
    }

    private async Task RefuseAsync(HttpContext context, string why, int status, string text)
    {
        var address = context.Connection.RemoteIpAddress;
        throttle.Failed(address);
        Refused(logger, address?.ToString() ?? "an unknown address", why.Length > 300 ? why[..300] : why);
        await SignInEndpoints.ShowAsync(context, status, text, "/");
    }

    private string AwayText => $"{Options.Name} does not answer the server now. Try again, or sign in with a token.";

    private string BackTo(string path) => Options.Address.TrimEnd('/') + path;

    // Its configuration could not be fetched, or its token endpoint is away.
    private static bool IsAway(Exception failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
            if (inner is HttpRequestException or IOException or TaskCanceledException or TimeoutException) return true;
        return false;
    }

    [LoggerMessage(1402, LogLevel.Warning, "A sign-in by the provider from {Address} was refused: {Why}")]
    private static partial void Refused(ILogger logger, string address, string why);

    [LoggerMessage(1403, LogLevel.Warning, "The provider cannot be asked: {Why}")]
    private static partial void ProviderAway(ILogger logger, string why);
}
