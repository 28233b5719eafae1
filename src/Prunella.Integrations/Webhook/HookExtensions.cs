using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Email;
using Prunella.Integrations.Opsgenie;
using Prunella.Integrations.PagerDuty;
using Prunella.Integrations.Slack;
using Prunella.Integrations.Teams;

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
    public static IServiceCollection AddWebhookEscalation(this IServiceCollection services, WebhookEscalationOptions options) => services.AddSink(options?.Problems(), (_, time) => new WebhookEscalationSink(options!, time));

    /// <summary>Adds PagerDuty as a sink of notices.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddPagerDuty(this IServiceCollection services, PagerDutyOptions options) => services.AddSink(options?.Problems(), (_, time) => new PagerDutySink(options!, time));

    /// <summary>Adds Opsgenie as a sink of notices.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddOpsgenie(this IServiceCollection services, OpsgenieOptions options) => services.AddSink(options?.Problems(), (_, time) => new OpsgenieSink(options!, time));

    /// <summary>Adds Microsoft Teams as a sink of notices.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddTeams(this IServiceCollection services, TeamsOptions options) => services.AddSink(options?.Problems(), (_, time) => new TeamsSink(options!, time));

    /// <summary>Adds Slack as a sink of notices. Needs an <see cref="INoticeMemory"/>.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddSlack(this IServiceCollection services, SlackOptions options) => services.AddSink(options?.Problems(), (provider, time) => new SlackSink(options!, provider.GetRequiredService<INoticeMemory>(), time));

    /// <summary>Adds each list of people as a sink of notices. Needs an <see cref="INoticeMemory"/>.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddEmail(this IServiceCollection services, EmailOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // Without people there is no sink that could say so.
        OptionProblems.ThrowIfAny(options.Problems());
        foreach (var (sink, to) in options.Sinks) services.AddSink([], (provider, _) => new EmailSink(sink, to, options, provider.GetRequiredService<INoticeMemory>()));
        return services;
    }

    private static IServiceCollection AddSink(this IServiceCollection services, IReadOnlyList<string>? problems, Func<IServiceProvider, TimeProvider, IEscalationSink> make)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(problems);
        OptionProblems.ThrowIfAny(problems);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => make(provider, provider.GetRequiredService<TimeProvider>()));
    }
}
