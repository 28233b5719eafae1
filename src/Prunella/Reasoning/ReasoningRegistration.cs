using Prunella.Integrations.Secrets;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Planning;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Recommending;
using Prunella.Reasoning.Telling;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Reasoning;

/// <summary>Adds reasoning with the server's store, secrets and configuration.</summary>
internal static class ReasoningRegistration
{
    /// <summary>After every <see cref="IDiagnostician"/> was added: where a model is configured they are asked by way of <see cref="SecondOpinion"/>.</summary>
    internal static IServiceCollection AddServerReasoning(this IServiceCollection services, ReasoningOptions options)
    {
        services.AddSingleton(provider => new SecretReader(new SecretReaderOptions(), new HttpClient(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICredentialSource, SecretCredentials>();
        services.AddSingleton<ISpendingStore, StoreSpending>();
        services.AddSingleton<IncidentPlanner>().AddSingleton<PlaybookSketcher>().AddSingleton<PlanJudge>().AddSingleton<RecentChanges>();
        services.AddSingleton<IncidentTeller>().AddSingleton<Recommender>().AddSingleton<IApprovalAdviser, ServerAdviser>();
        if (options.Enabled && options.Providers.Count > 0) AddSecondOpinion(services);
        return services.AddReasoning(options);
    }

    private static void AddSecondOpinion(IServiceCollection services)
    {
        var rules = services.Where(service => service.ServiceType == typeof(IDiagnostician)).ToList();
        foreach (var rule in rules) services.Remove(rule);
        services.AddSingleton<IDiagnostician>(provider => ActivatorUtilities.CreateInstance<SecondOpinion>(provider, (IReadOnlyList<IDiagnostician>)[.. rules.Select(rule => Make(provider, rule))]));
    }

    private static IDiagnostician Make(IServiceProvider provider, ServiceDescriptor rule) =>
        (IDiagnostician)(rule.ImplementationInstance ?? rule.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, rule.ImplementationType!));
}
