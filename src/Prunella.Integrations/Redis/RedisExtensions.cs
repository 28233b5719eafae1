using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Redis;

/// <summary>Registers Redis caches.</summary>
public static class RedisExtensions
{
    /// <summary>Adds <c>clear-cache</c> for the configured caches.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddRedisCaches(this IServiceCollection services, RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        return services.AddSingleton<IActionDriver>(_ => new RedisCacheDriver(options));
    }
}
