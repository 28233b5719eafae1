using Microsoft.Extensions.Options;
using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>Adds the webhooks.</summary>
internal static class WebhookRegistration
{
    private const int SecretCharsMin = 16;

    internal static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection(WebhookOptions.Section)).ValidateOnStart()
            .Validate(options => options.BearerTokens.Concat(options.SigningKeys).All(secret => secret.Length >= SecretCharsMin),
                $"webhooks:bearerTokens and webhooks:signingKeys: expected at least {SecretCharsMin} characters each; make one with: openssl rand -hex 32");
        return AddParts(services);
    }

    private static IServiceCollection AddParts(IServiceCollection services) => services
        .AddSingleton<WebhookGuard>()
        .AddSingleton<WebhookReceiver>()
        .AddSingleton(provider => new AlertmanagerParser(provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IdSource>()))
        .AddSingleton(provider => new GenericParser(provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IdSource>()));
}
