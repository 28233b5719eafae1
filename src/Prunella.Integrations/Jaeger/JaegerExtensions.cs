using Microsoft.Extensions.DependencyInjection;

namespace Prunella.Integrations.Jaeger;

/// <summary>Registers the Jaeger client.</summary>
public static class JaegerExtensions
{
    /// <summary>Adds a <see cref="JaegerClient"/> with its own HTTP client.</summary>
    public static IServiceCollection AddJaeger(this IServiceCollection services, JaegerOptions options) =>
        services.AddSingleton(provider => new JaegerClient(new HttpClient { Timeout = Timeout.InfiniteTimeSpan }, options, provider.GetService<TimeProvider>()));
}
