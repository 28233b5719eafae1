using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Prunella.Tests.Auth;

/// <summary>
/// A real OpenID Connect server on loopback, strict about client, secret, redirect address, PKCE and used codes. It consents for whoever
/// is set, and can be told to hand out a token that it should not.
/// </summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    internal const string ClientId = "prunella";
    internal const string Secret = "the secret of the test";
    private readonly WebApplication application;
    private readonly RSA key = RSA.Create(2_048);
    private readonly ConcurrentDictionary<string, bool> used = new(StringComparer.Ordinal);

    private OidcProvider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(Configure);
        application = builder.Build();
        application.Use(TamperAsync);
        application.UseAuthentication();
        application.MapGet("/left", () => "You left.");
    }

    /// <summary>By another name than the console's, so that a browser takes them for two sites.</summary>
    internal Uri Address { get; private set; } = null!;

    /// <summary>The console, whose addresses alone are led back to.</summary>
    internal Uri? Console { get; set; }

    internal string Name { get; set; } = "ana";

    internal string[] Groups { get; set; } = ["sre"];

    /// <summary>Changes the header and payload of the next identity tokens; null leaves them.</summary>
    internal Func<JsonObject, JsonObject, string>? Forge { get; set; }

    /// <summary>What the token endpoint answers instead; null for its own answer.</summary>
    internal int? TokenStatus { get; set; }

    internal ConcurrentQueue<string> Asked { get; } = [];

    internal static async Task<OidcProvider> StartAsync()
    {
        var provider = new OidcProvider();
        await provider.application.StartAsync(TestContext.Current.CancellationToken);
        var bound = new Uri(provider.application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        provider.Address = new Uri($"http://localhost:{bound.Port}");
        return provider;
    }

    internal Task StopAsync() => application.StopAsync();

    /// <summary>The token of these parts, signed by the provider's own key.</summary>
    internal string Sign(JsonObject header, JsonObject payload) => Sign(header, payload, key);

    internal static string Sign(JsonObject header, JsonObject payload, RSA by)
    {
        var content = Content(header, payload);
        return $"{content}.{Base64UrlEncoder.Encode(by.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The token of these parts, signed with the public key as if it were a shared secret.</summary>
    internal string SignByPublicKey(JsonObject header, JsonObject payload)
    {
        var content = Content(header, payload);
        return $"{content}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(content)))}";
    }

    internal static string Content(JsonObject header, JsonObject payload) => $"{Base64UrlEncoder.Encode(header.ToJsonString())}.{Base64UrlEncoder.Encode(payload.ToJsonString())}";

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        key.Dispose();
    }

    private void Configure(OpenIddictServerBuilder server)
    {
        server.EnableDegradedMode().SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/end");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes("profile");
        server.AddEphemeralEncryptionKey().AddSigningKey(new RsaSecurityKey(key));
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            Asked.Enqueue($"authorize {context.RedirectUri}");
            if (context.ClientId != ClientId || context.RedirectUri != $"{Console}sign-in/back") context.Reject("invalid_client", "The client or its address is unknown.");
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            var identity = new ClaimsIdentity("test", "preferred_username", "groups");
            identity.AddClaim(new Claim("sub", $"subject-of-{Name}"));
            identity.AddClaim(new Claim("preferred_username", Name));
            foreach (var group in Groups) identity.AddClaim(new Claim("groups", group));
            var principal = new ClaimsPrincipal(identity);
            principal.SetScopes(context.Request.GetScopes());
            principal.SetDestinations(_ => [OpenIddictConstants.Destinations.IdentityToken]);
            context.SignIn(principal);
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            Asked.Enqueue("token");
            if (context.ClientId != ClientId || context.ClientSecret != Secret) context.Reject("invalid_client", "The client's secret is wrong.");
            else if (context.Request.Code is { } code && !used.TryAdd(code, true)) context.Reject("invalid_grant", "The code was used.");
            return default;
        }));
        server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            Asked.Enqueue($"end {context.PostLogoutRedirectUri}");
            if (context.PostLogoutRedirectUri != $"{Console}sign-in") context.Reject("invalid_request", "The address is unknown.");
            return default;
        }));
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.SignOut();
            return default;
        }));
    }

    private async Task TamperAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != "/connect/token" || (Forge is null && TokenStatus is null))
        {
            await next(context);
            return;
        }
        if (TokenStatus is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        var outer = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        await next(context);
        context.Response.Body = outer;
        var answer = JsonNode.Parse(kept.ToArray())!.AsObject();
        if (answer["id_token"]?.GetValue<string>().Split('.') is { } parts)
            answer["id_token"] = Forge!(JsonNode.Parse(Base64UrlEncoder.Decode(parts[0]))!.AsObject(), JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!.AsObject());
        context.Response.ContentLength = null;
        await context.Response.WriteAsync(answer.ToJsonString());
    }
}
