using Microsoft.Extensions.DependencyInjection;

namespace Prunella.Integrations.Zipkin;

/// <summary>Registers the Zipkin client.</summary>
public static class ZipkinExtensions
{
    /// <summary>Adds a <see cref="ZipkinClient"/> with its own HTTP client.</summary>
    public static IServiceCollection AddZipkin(this IServiceCollection services, ZipkinOptions options) =>
        services.AddSingleton(provider => new ZipkinClient(new HttpClient { Timeout = Timeout.InfiniteTimeSpan }, options, provider.GetService<TimeProvider>()));
}
