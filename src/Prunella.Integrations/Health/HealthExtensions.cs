using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Health;

/// <summary>Registers the health probe.</summary>
public static class HealthExtensions
{
    /// <summary>Adds the probe of applications' own health endpoints.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddHealthProbe(this IServiceCollection services, HealthProbeOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        return services.AddSingleton<IHealthProbe>(_ => new HealthProbe(options));
    }
}
