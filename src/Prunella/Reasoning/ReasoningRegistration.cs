using Prunella.Integrations.Secrets;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning;

/// <summary>Adds reasoning with the server's store, secrets and configuration.</summary>
internal static class ReasoningRegistration
{
    internal static IServiceCollection AddServerReasoning(this IServiceCollection services, ReasoningOptions options)
    {
        services.AddSingleton(provider => new SecretReader(new SecretReaderOptions(), new HttpClient(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICredentialSource, SecretCredentials>();
        services.AddSingleton<ISpendingStore, StoreSpending>();
        return services.AddReasoning(options);
    }
}
