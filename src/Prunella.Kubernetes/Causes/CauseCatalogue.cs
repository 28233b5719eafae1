using Prunella.Kubernetes.Causes.Application;
using Prunella.Kubernetes.Causes.Configuration;
using Prunella.Kubernetes.Causes.Controllers;
using Prunella.Kubernetes.Causes.Crashes;
using Prunella.Kubernetes.Causes.Images;
using Prunella.Kubernetes.Causes.Metrics;
using Prunella.Kubernetes.Causes.Networking;
using Prunella.Kubernetes.Causes.Nodes;
using Prunella.Kubernetes.Causes.Pods;
using Prunella.Kubernetes.Causes.Probes;
using Prunella.Kubernetes.Causes.Scaling;
using Prunella.Kubernetes.Causes.Scheduling;
using Prunella.Kubernetes.Causes.Storage;

namespace Prunella.Kubernetes.Causes;

/// <summary>Every cause that is known. A new one is a class of its own and a line here.</summary>
public static class CauseCatalogue
{
    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        new InsufficientResources(), new UntoleratedTaint(), new NodeSelectorMismatch(), new PodAntiAffinity(), new UnboundClaim(), new SchedulingGated(),
        new ImageNotFound(), new ImageUnauthorised(), new PullSecretMissing(), new RegistryUnreachable(), new ImageNameInvalid(), new ImageNeverPull(), new ImagePullFailing(),
        new ConfigMissing(), new VolumeMountFailed(), new SandboxFailed(), new ContainerStartFailed(), new CommandNotFound(), new OutOfMemory(), new Evicted(), new StuckTerminating(), new QuietRestarts(),
        new LivenessFailing(), new ReadinessFailing(), new StartupFailing(),
        new ConfigValueMissing(), new DependencyUnreachable(), new DependencyUnresolvable(), new MigrationFailed(), new CertificateInvalid(), new CredentialsRefused(), new PermissionDenied(), new DiskFull(), new PortInUse(), new SyntaxError(), new ApplicationCrash(), new CrashLoop(),
        new QuotaExceeded(), new LimitRangeRefused(), new ServiceAccountMissing(), new AdmissionRefused(), new ScaledToZero(), new ProgressDeadlineExceeded(), new PodsLost(), new ReplicasMissing(), new StatefulSetServiceMissing(), new JobFailed(), new CronJobTrouble(), new Suspended(),
        new ServiceWithoutEndpoints(), new ServiceNotReady(), new TargetPortUnserved(), new IngressBackendMissing(), new IngressBackendDown(), new IngressClassMissing(), new IngressTlsSecretMissing(), new NetworkPolicyBlocksDns(), new NetworkPolicyBlocksCaller(), new NetworkPolicySelectsNothing(), new GatewayTrouble(),
        new ClaimPending(), new StorageClassMissing(), new VolumeTrouble(),
        new NodeNotReady(), new NodePressure(), new NodeCordoned(), new NodeOvercommitted(),
        new ScalerTargetMissing(), new ScalerTargetUnsupported(), new ScalerWithoutRequests(), new ScalerWithoutMetrics(), new ScalerAtMaximum(), new DisruptionBudget(),
        new WebhookWithoutBackend(), new ConfigMapUnused(), new ConfigMapEmpty(), new ConfigMapTooLarge(), new RbacDenied(), new RiskySecurity(),
        new ConnectionPoolExhausted(), new SlowDependency(), new RateLimited(), new MemoryLeak(), new CpuThrottled(), new CacheHitCollapse(), new WrongEnvironment(), new CertificateExpired(), new DnsFailure(),
    ];
}
