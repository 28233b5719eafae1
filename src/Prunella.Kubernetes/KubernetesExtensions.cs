using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Actions.Firewall;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Kubernetes;

/// <summary>Registers the module.</summary>
public static class KubernetesExtensions
{
    /// <summary>
    /// Adds the cluster's <see cref="IWorkloadSource"/> and <see cref="IActionDriver"/>, and the client that they share.
    /// The connection is made at first use. The host also runs the <see cref="FirewallSweeper"/>.
    /// </summary>
    /// <param name="services">Where to. Needs logging; a <see cref="TimeProvider"/> is used when registered.</param>
    /// <param name="options">Which cluster and how; read once.</param>
    public static IServiceCollection AddKubernetes(this IServiceCollection services, KubernetesOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(_ => ClusterConnection.CreateClient(options));
        services.AddSingleton<k8s.IKubernetes>(provider => provider.GetRequiredService<k8s.Kubernetes>());
        services.AddSingleton(provider => new ClusterApi(provider.GetRequiredService<k8s.Kubernetes>(), options, provider.GetRequiredService<TimeProvider>()) { Guard = provider.GetService<IWriteGuard>() });

        services.AddSingleton<OwnerChain>().AddSingleton<VanishedPods>().AddSingleton<TargetResolver>().AddSingleton<WorkloadReader>();
        services.AddSingleton(provider => new PodLogs(provider.GetRequiredService<ClusterApi>(), options));
        services.AddSingleton<NamespaceEvents>().AddSingleton<EvidenceGatherer>().AddSingleton<WorkloadSurvey>();
        services.AddSingleton<IRolloutSource>(provider => new RecentRollouts(provider.GetRequiredService<ClusterApi>(), options));
        services.AddSingleton<KubernetesWorkloadSource>();
        services.AddSingleton<IWorkloadSource>(provider => provider.GetRequiredService<KubernetesWorkloadSource>());

        services.AddSingleton(provider => new Snapshot.LiveSnapshots(provider.GetRequiredService<ClusterApi>(), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Snapshot.ISnapshots>(provider => provider.GetRequiredService<Snapshot.LiveSnapshots>());
        services.AddSingleton<Watch.IWatchedWorkloads, Watch.LiveWorkloads>();
        services.AddSingleton<IDiagnostician, Causes.CauseDiagnostician>();

        services.AddSingleton<NodeRoom>().AddSingleton<ContainerExec>().AddSingleton<ActionEvents>().AddSingleton<ActionTools>();
        services.AddSingleton<IKubernetesAction, RestartPod>().AddSingleton<IKubernetesAction, RestartWorkload>().AddSingleton<IKubernetesAction, RestartDatabase>();
        services.AddSingleton<IKubernetesAction, AwaitRepair>().AddSingleton<IKubernetesAction, CleanUpPods>().AddSingleton<IKubernetesAction, AdjustPdb>().AddSingleton<IKubernetesAction, AdjustProbe>().AddSingleton<IKubernetesAction, RotateConnectionPool>().AddSingleton<IKubernetesAction, ScaleUp>().AddSingleton<IKubernetesAction, ScaleDown>();
        services.AddSingleton<IKubernetesAction, RaiseMemoryLimit>().AddSingleton<IKubernetesAction, RaiseCpuLimit>().AddSingleton<IKubernetesAction, RollbackRollout>();
        services.AddSingleton<IKubernetesAction, RaiseConnectionLimit>().AddSingleton<IKubernetesAction, KillProcess>().AddSingleton<IKubernetesAction, ChangeFirewall>();
        services.AddSingleton<IKubernetesAction, CordonNode>().AddSingleton<IKubernetesAction, UncordonNode>().AddSingleton<IKubernetesAction, DrainNode>().AddSingleton<IKubernetesAction, ExpandVolume>().AddSingleton<IKubernetesAction, AdjustHpa>();
        services.AddSingleton(provider => new Chaos.ChaosInjector(provider.GetRequiredService<ClusterApi>(), provider.GetRequiredService<ContainerExec>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Chaos.ChaosRestorer(provider.GetRequiredService<ClusterApi>(), provider.GetRequiredService<ContainerExec>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Chaos.ChaosObserver(provider.GetRequiredService<ClusterApi>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Chaos.ChaosGuard(provider.GetRequiredService<ClusterApi>()));
        services.AddSingleton(provider => new FirewallSweeper(provider.GetRequiredService<ClusterApi>(), options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FirewallSweeper>>()));
        services.AddSingleton(provider => new KubernetesActionDriver(provider.GetServices<IKubernetesAction>(), options, provider.GetService<IWriteGuard>()));
        services.AddSingleton<IActionDriver>(provider => provider.GetRequiredService<KubernetesActionDriver>());
        return services;
    }
}
