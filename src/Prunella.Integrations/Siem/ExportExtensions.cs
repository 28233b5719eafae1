using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.CloudEvents;
using Prunella.Integrations.Email;
using Prunella.Ledger;

namespace Prunella.Integrations.Siem;

/// <summary>Registers where the ledger is taken, and mail.</summary>
public static class ExportExtensions
{
    /// <summary>Adds syslog as a sink of the ledger.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddSyslogLedger(this IServiceCollection services, SyslogLedgerOptions options) => services.Add(options?.Problems(), _ => new SyslogLedgerSink(options!));

    /// <summary>Adds a file as a sink of the ledger.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddFileLedger(this IServiceCollection services, FileLedgerOptions options) => services.Add(options?.Problems(), _ => new FileLedgerSink(options!));

    /// <summary>Adds a webhook of CloudEvents as a sink of the ledger.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddCloudEvents(this IServiceCollection services, CloudEventsOptions options) => services.Add(options?.Problems(), time => new CloudEventsSink(options!, time));

    /// <summary>Adds each list of people as a sink of notices. Needs an <see cref="INoticeMemory"/>.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddEmail(this IServiceCollection services, EmailOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        foreach (var (sink, to) in options.Sinks) services.AddSingleton<IEscalationSink>(provider => new EmailSink(sink, to, options, provider.GetRequiredService<INoticeMemory>()));
        return services;
    }

    private static IServiceCollection Add(this IServiceCollection services, IReadOnlyList<string>? problems, Func<TimeProvider, ILedgerSink> make)
    {
        ArgumentNullException.ThrowIfNull(problems);
        OptionProblems.ThrowIfAny(problems);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => make(provider.GetRequiredService<TimeProvider>()));
    }
}
