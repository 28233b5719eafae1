using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents.Metrics;

namespace Prunella.Integrations.Prometheus;

/// <summary>Registers Prometheus.</summary>
public static class PrometheusExtensions
{
    /// <summary>Adds one Prometheus as a metric source; call it again for a further one with another name.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddPrometheus(this IServiceCollection services, PrometheusOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        return services.AddSingleton<IMetricSource>(_ => new PrometheusSource(options));
    }
}
