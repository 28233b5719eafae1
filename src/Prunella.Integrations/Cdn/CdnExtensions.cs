using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prunella.Incidents.Actions;

namespace Prunella.Integrations.Cdn;

/// <summary>Registers CDNs.</summary>
public static class CdnExtensions
{
    /// <summary>Adds <c>flush-cdn-cache</c> for the configured CDNs.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public static IServiceCollection AddCdns(this IServiceCollection services, CdnOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IActionDriver>(provider => new CdnDriver(options, provider.GetRequiredService<TimeProvider>()));
    }
}
