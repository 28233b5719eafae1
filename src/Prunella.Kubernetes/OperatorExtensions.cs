using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Leader;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Watch;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Kubernetes;

/// <summary>Registers the operator beside the rest of the module.</summary>
public static class OperatorExtensions
{
    private const string AccountNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    /// <summary>
    /// Adds the <see cref="ClusterOperator"/>, whose memory then also serves the diagnosis, and the <see cref="LeaderElection"/>,
    /// whose lease then stands before every write. The host runs both. Call it after <see cref="KubernetesExtensions.AddKubernetes"/>.
    /// </summary>
    /// <param name="services">Where to. Needs the engine's <see cref="Intake"/>, its store and an <see cref="IdSource"/>.</param>
    /// <param name="options">What is watched and who leads; read once.</param>
    public static IServiceCollection AddOperator(this IServiceCollection services, OperatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        services.AddSingleton<OperatorMetrics>();
        services.AddSingleton(provider => new ClusterOperator(
            provider.GetRequiredService<ClusterApi>(), provider.GetRequiredService<KubernetesOptions>(), options, provider.GetRequiredService<OperatorMetrics>(), provider.GetRequiredService<Intake>(),
            provider.GetRequiredService<IRemediationStore>(), provider.GetRequiredService<IdSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.Replace(ServiceDescriptor.Singleton<IWatchedWorkloads>(provider => provider.GetRequiredService<ClusterOperator>()));
        services.Replace(ServiceDescriptor.Singleton<ISnapshots>(provider => new WatchedSnapshots(
            provider.GetRequiredService<ClusterOperator>(), provider.GetRequiredService<LiveSnapshots>(), provider.GetRequiredService<ClusterApi>(), provider.GetRequiredService<TimeProvider>())));
        if (!options.LeaderElection) return services;
        services.AddSingleton(provider => new Leadership(options.RenewDeadline, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWriteGuard>(provider => provider.GetRequiredService<Leadership>());
        services.AddSingleton(provider => new LeaderElection(
            provider.GetRequiredService<ClusterApi>(), options, provider.GetRequiredService<Leadership>(), IdentityOf(provider.GetRequiredService<IdSource>()), options.LeaseNamespace ?? OwnNamespace(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LeaderElection>>()));
        return services;
    }

    // The host's name tells people who it is; the rest keeps a successor on the same host from taking itself for its predecessor.
    private static string IdentityOf(IdSource ids) => $"{Environment.MachineName.ToLowerInvariant()}_{ids.Next():N}";

    private static string OwnNamespace()
    {
        try
        {
            return File.ReadAllText(AccountNamespaceFile).Trim() is { Length: > 0 } own ? own : "default";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "default";
        }
    }
}
