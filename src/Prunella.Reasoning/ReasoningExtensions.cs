using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Pipeline;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning;

/// <summary>Registers reasoning.</summary>
public static class ReasoningExtensions
{
    /// <summary>
    /// Adds <see cref="IReasoner"/>. The caller adds an <see cref="ICredentialSource"/> and, for a budget that outlives the
    /// process, an <see cref="ISpendingStore"/>. Without a provider nothing is made that could reach a network.
    /// </summary>
    public static IServiceCollection AddReasoning(this IServiceCollection services, ReasoningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton<ReasoningMeter>();
        services.TryAddSingleton<ISpendingStore, MemorySpendingStore>();
        services.AddSingleton<CallBook>();
        if (!options.Configured) return services.AddSingleton<IReasoner, NoModel>();
        services.AddSingleton(provider => new ProviderClients(provider.GetRequiredService<ICredentialSource>(), provider.GetRequiredService<TimeProvider>()));
        if (options.Cache.Enabled)
        {
            services.AddSingleton<IAnswerCache>(provider => options.Cache.Redis.Length > 0
                ? new RedisAnswerCache(options.Cache, provider.GetRequiredService<ICredentialSource>(), provider.GetRequiredService<ILogger<RedisAnswerCache>>())
                : new MemoryAnswerCache(options.Cache.AnswersMax, options.Cache.Lifetime, provider.GetRequiredService<TimeProvider>()));
        }
        services.AddSingleton(provider => new ModelPipelines(
            provider.GetRequiredService<ProviderClients>(), provider.GetService<IAnswerCache>(), provider.GetRequiredService<CallBook>(),
            provider.GetRequiredService<ReasoningMeter>(), new Random(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IReasoner>(provider => new Reasoner(
            options, provider.GetRequiredService<ModelPipelines>(), provider.GetService<IAnswerCache>(), provider.GetRequiredService<CallBook>(),
            provider.GetRequiredService<ReasoningMeter>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Reasoner>>()));
        return services;
    }
}
