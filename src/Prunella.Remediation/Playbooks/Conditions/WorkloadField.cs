using System.Globalization;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Playbooks.Measures;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>What a field of the workload is.</summary>
internal enum WorkloadFieldKind
{
    Number,
    Text,
    Flag,
}

/// <summary>A field of the workload's state that conditions may ask about.</summary>
/// <param name="Name">As playbooks write it.</param>
/// <param name="Kind">Number, text or flag.</param>
/// <param name="Description">What it is, for the schema.</param>
internal sealed record WorkloadField(string Name, WorkloadFieldKind Kind, string Description)
{
    /// <summary>The dimension of a number.</summary>
    internal Dimension Dimension { get; init; } = Dimension.Count;

    /// <summary>Reads a number or flag (1 or 0); null when it is not known.</summary>
    internal Func<WorkloadState, DateTimeOffset, double?> Number { get; init; } = (_, _) => null;

    /// <summary>Reads the texts, each with where it was seen; a window bounds how old a termination may be.</summary>
    internal Func<WorkloadState, DateTimeOffset, TimeSpan?, IEnumerable<(string Value, string Place)>> Texts { get; init; } = (_, _, _) => [];

    /// <summary>Every field.</summary>
    internal static readonly IReadOnlyList<WorkloadField> All =
    [
        Count("desired", "replicas asked for", workload => workload.Desired),
        Count("ready", "replicas that are ready", workload => workload.Ready),
        Count("unready", "replicas asked for that are not ready", workload => Math.Max(0, workload.Desired - workload.Ready)),
        Count("updated", "replicas of the newest template", workload => workload.Updated),
        Count("available", "replicas available", workload => workload.Available),
        Count("pods", "pods that are not being deleted", workload => workload.Pods.Count(pod => !pod.Terminating)),
        Count("restarts", "the most restarts of any one container", workload => Containers(workload).Max(container => (double?)container.Restarts)),
        new("revisionAge", WorkloadFieldKind.Number, "time since the present revision was rolled out")
        {
            Dimension = Dimension.Seconds,
            Number = (workload, now) => workload.RolledOutAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null,
        },
        new("memoryLimit", WorkloadFieldKind.Number, "the greatest memory limit of its containers")
        {
            Dimension = Dimension.Bytes,
            Number = (workload, _) => Containers(workload).Max(container => container.MemoryLimit),
        },
        new("cpuLimit", WorkloadFieldKind.Number, "the greatest CPU limit of its containers")
        {
            Dimension = Dimension.Cores,
            Number = (workload, _) => Containers(workload).Max(container => container.CpuLimit),
        },
        Flag("rollingOut", "whether a rollout is under way", workload => workload.RollingOut),
        Flag("stateful", "whether its pods keep state of their own", workload => workload.Stateful),
        Flag("healthy", "whether every desired replica is updated and ready", workload => workload.Healthy),
        new("kind", WorkloadFieldKind.Text, "its kind: Deployment, StatefulSet, DaemonSet, Node")
        {
            Texts = (workload, _, _) => [(workload.Target.Kind, workload.Target.ToString())],
        },
        new("managedBy", WorkloadFieldKind.Text, "Helm, Argo CD or Flux")
        {
            Texts = (workload, _, _) => workload.ManagedBy is { Length: > 0 } manager ? [(manager, workload.Target.ToString())] : [],
        },
        new("podPhase", WorkloadFieldKind.Text, "the phase of a pod: Pending, Running, Succeeded, Failed, Unknown")
        {
            Texts = (workload, _, _) => workload.Pods.Where(pod => !pod.Terminating).Select(pod => (pod.Phase, pod.Name)),
        },
        new("waitingReason", WorkloadFieldKind.Text, "why a container waits: CrashLoopBackOff, ImagePullBackOff")
        {
            Texts = (workload, _, _) => Places(workload).Where(place => place.Container.WaitingReason is not null).Select(place => (place.Container.WaitingReason!, place.Name)),
        },
        new("lastTerminationReason", WorkloadFieldKind.Text, "why a container last ended: OOMKilled, Error, Completed")
        {
            Texts = (workload, now, within) => Ended(workload, now, within).Where(place => place.Container.LastTerminationReason is not null).Select(place => (place.Container.LastTerminationReason!, place.Name)),
        },
        new("lastExitCode", WorkloadFieldKind.Text, "the exit code with which a container last ended")
        {
            Texts = (workload, now, within) => Ended(workload, now, within).Where(place => place.Container.LastExitCode is not null)
                .Select(place => (place.Container.LastExitCode!.Value.ToString(CultureInfo.InvariantCulture), place.Name)),
        },
    ];

    private static WorkloadField Count(string name, string description, Func<WorkloadState, double?> read) =>
        new(name, WorkloadFieldKind.Number, description) { Number = (workload, _) => read(workload) };

    private static WorkloadField Flag(string name, string description, Func<WorkloadState, bool> read) =>
        new(name, WorkloadFieldKind.Flag, description) { Number = (workload, _) => read(workload) ? 1 : 0 };

    private static IEnumerable<ContainerState> Containers(WorkloadState workload) => Places(workload).Select(place => place.Container);

    private static IEnumerable<(ContainerState Container, string Name)> Places(WorkloadState workload) =>
        workload.Pods.Where(pod => !pod.Terminating).SelectMany(pod => pod.Containers.Select(container => (container, $"{pod.Name}/{container.Name}")));

    private static IEnumerable<(ContainerState Container, string Name)> Ended(WorkloadState workload, DateTimeOffset now, TimeSpan? within) =>
        Places(workload).Where(place => within is null || (place.Container.LastTerminatedAt is { } at && now - at <= within));
}
