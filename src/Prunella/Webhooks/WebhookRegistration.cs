using Microsoft.Extensions.Options;
using Prunella.Incidents;

namespace Prunella.Webhooks;

/// <summary>Adds the webhooks.</summary>
internal static class WebhookRegistration
{
    internal static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<WebhookGuard>()
        .AddSingleton<WebhookReceiver>()
        .AddSingleton(provider => new AlertmanagerParser(provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IdSource>()))
        .AddSingleton(provider => new GenericParser(provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IdSource>()));
}
