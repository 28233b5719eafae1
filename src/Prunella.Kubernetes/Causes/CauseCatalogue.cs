using Prunella.Kubernetes.Causes.Application;
using Prunella.Kubernetes.Causes.Crashes;
using Prunella.Kubernetes.Causes.Images;
using Prunella.Kubernetes.Causes.Pods;
using Prunella.Kubernetes.Causes.Probes;
using Prunella.Kubernetes.Causes.Scheduling;

namespace Prunella.Kubernetes.Causes;

/// <summary>Every cause that is known. A new one is a class of its own and a line here.</summary>
public static class CauseCatalogue
{
    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        new InsufficientResources(), new UntoleratedTaint(), new NodeSelectorMismatch(), new PodAntiAffinity(), new UnboundClaim(), new SchedulingGated(),
        new ImageNotFound(), new ImageUnauthorised(), new PullSecretMissing(), new RegistryUnreachable(), new ImageNameInvalid(), new ImageNeverPull(),
        new ConfigMissing(), new VolumeMountFailed(), new SandboxFailed(), new ContainerStartFailed(), new CommandNotFound(), new OutOfMemory(), new Evicted(), new StuckTerminating(), new QuietRestarts(),
        new LivenessFailing(), new ReadinessFailing(), new StartupFailing(),
        new ConfigValueMissing(), new DependencyUnreachable(), new DependencyUnresolvable(), new MigrationFailed(), new CertificateInvalid(), new CredentialsRefused(), new PermissionDenied(), new DiskFull(), new PortInUse(), new SyntaxError(), new ApplicationCrash(), new CrashLoop(),
        new DnsFailure(), new CertificateExpired(),
    ];
}
