using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Storage.Memory;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Postgres;
using Prunella.Remediation.Storage.Relational.Sqlite;

namespace Prunella.Remediation.Storage;

/// <summary>Registers the store.</summary>
public static class RemediationStorageExtensions
{
    /// <summary>
    /// Adds <see cref="IRemediationStore"/>, <see cref="LedgerKeyRing"/>, <see cref="LedgerChain"/> and
    /// <see cref="LedgerVerifier"/> as singletons, by <see cref="StorageOptions"/>, which are validated at start. Every notice is
    /// for every registered <see cref="IEscalationSink"/>. The host calls <see cref="IRemediationStore.MigrateAsync"/> before
    /// anything else; the container closes the store, which checkpoints the ledger.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Sets options in code, after those bound from configuration before.</param>
    public static IServiceCollection AddRemediationStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<StorageOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidation>());
        services.TryAddSingleton(provider => KeysOf(provider.GetRequiredService<IOptions<StorageOptions>>().Value));
        services.TryAddSingleton<LedgerChain>();
        services.TryAddSingleton<LedgerVerifier>();
        services.TryAddSingleton(StoreOf);
        return services;
    }

    private static LedgerKeyRing KeysOf(StorageOptions options) =>
        options.LedgerKeys.Length > 0 ? LedgerKeyRing.Parse(options.LedgerKeys)
        : options.Provider == StorageProvider.Memory ? LedgerKeyRing.Of(RandomNumberGenerator.GetBytes(LedgerKeyRing.KeyBytes))
        : LedgerKeyRing.OpenFile(options.LedgerKeyFile);

    private static IRemediationStore StoreOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        var chain = provider.GetRequiredService<LedgerChain>();
        // Resolved at the first notice: a sink may itself need the store.
        var sinks = new Lazy<IReadOnlyList<string>>(() => [.. provider.GetServices<IEscalationSink>().Select(sink => sink.Name).Distinct(StringComparer.Ordinal)]);
        if (options.Provider == StorageProvider.Memory) return new MemoryRemediationStore(time, chain, () => sinks.Value);
        var checkpoints = new LedgerCheckpointFile(options.CheckpointFile, chain.Keys);
        StoreDialect dialect = options.Provider == StorageProvider.PostgreSql
            ? new PostgresDialect(options.ConnectionString, options.BusyTimeout, options.CommandTimeout)
            : new SqliteDialect(options.Path, options.BusyTimeout);
        return new EfRemediationStore(
            dialect, chain, new LedgerCheckpointer(checkpoints, time, options.CheckpointEvery), time, () => sinks.Value, options,
            provider.GetRequiredService<ILogger<EfRemediationStore>>());
    }
}
