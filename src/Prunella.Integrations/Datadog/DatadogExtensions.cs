using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Datadog;

/// <summary>Registers Datadog.</summary>
public static class DatadogExtensions
{
    /// <summary>Adds Datadog as a metric source.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddDatadog(this IServiceCollection services, DatadogOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IMetricSource>(provider => new DatadogSource(options, provider.GetRequiredService<TimeProvider>()));
    }
}
