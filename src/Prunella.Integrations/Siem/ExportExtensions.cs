using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Integrations.CloudEvents;
using Prunella.Ledger;

namespace Prunella.Integrations.Siem;

/// <summary>Registers where the ledger is taken.</summary>
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

    private static IServiceCollection Add(this IServiceCollection services, IReadOnlyList<string>? problems, Func<TimeProvider, ILedgerSink> make)
    {
        ArgumentNullException.ThrowIfNull(problems);
        OptionProblems.ThrowIfAny(problems);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => make(provider.GetRequiredService<TimeProvider>()));
    }
}
