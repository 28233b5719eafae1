using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Postgres;

/// <summary>Registers PostgreSQL pools.</summary>
public static class PostgresExtensions
{
    /// <summary>Adds <c>rotate-connection-pool</c> with method postgres for the configured pools.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddPostgresPools(this IServiceCollection services, PostgresPoolsOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        return services.AddSingleton<IActionDriver>(_ => new PostgresPoolDriver(options));
    }
}
