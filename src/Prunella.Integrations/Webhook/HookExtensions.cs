using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;

namespace Prunella.Integrations.Webhook;

/// <summary>Registers what speaks plain HTTP.</summary>
public static class HookExtensions
{
    /// <summary>Adds <c>call-webhook</c>, and the HTTP forms of <c>clear-cache</c> and <c>rotate-connection-pool</c>.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddHooks(this IServiceCollection services, HookOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IActionDriver>(provider => new CallWebhookDriver(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IActionDriver>(provider => new HttpCacheDriver(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IActionDriver>(provider => new HttpPoolDriver(options, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Adds the log as a sink of notices.</summary>
    public static IServiceCollection AddLogEscalation(this IServiceCollection services) =>
        services.AddSingleton<IEscalationSink>(provider => new LogEscalationSink(provider.GetRequiredService<ILogger<LogEscalationSink>>()));

    /// <summary>Adds a webhook as a sink of notices.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddWebhookEscalation(this IServiceCollection services, WebhookEscalationOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IEscalationSink>(provider => new WebhookEscalationSink(options, provider.GetRequiredService<TimeProvider>()));
    }
}
