namespace Prunella.Incidents.Workloads;

/// <summary>What is known about a workload at one moment. Quantities in base units (bytes, cores).</summary>
public sealed record WorkloadState
{
    /// <summary>The workload.</summary>
    public required Target Target { get; init; }

    /// <summary>The object's uid.</summary>
    public required string Uid { get; init; }

    /// <summary>When this was read.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Replicas asked for; for a daemon set the nodes that should run it; for a bare pod 1.</summary>
    public int Desired { get; init; }

    /// <summary>Replicas that are ready.</summary>
    public int Ready { get; init; }

    /// <summary>Replicas of the newest template.</summary>
    public int Updated { get; init; }

    /// <summary>Replicas available for the minimum time.</summary>
    public int Available { get; init; }

    /// <summary>The specification's generation, and the one that the controller has seen.</summary>
    public long Generation { get; init; }

    /// <summary>The generation that the controller has acted on.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>The present rollout revision; null where the kind has none.</summary>
    public string? Revision { get; init; }

    /// <summary>When the present revision was rolled out; null where unknown.</summary>
    public DateTimeOffset? RolledOutAt { get; init; }

    /// <summary>Whether a rollout is under way.</summary>
    public bool RollingOut { get; init; }

    /// <summary>Helm, Argo CD or Flux; null when nobody manages the object.</summary>
    public string? ManagedBy { get; init; }

    /// <summary>Whether its pods keep state of their own.</summary>
    public bool Stateful { get; init; }

    /// <summary>The object's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The object's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Its pods.</summary>
    public IReadOnlyList<PodState> Pods { get; init; } = [];

    /// <summary>Whether every desired replica is updated and ready and no rollout is under way.</summary>
    public bool Healthy => !RollingOut && Ready >= Desired && Updated >= Desired && ObservedGeneration >= Generation;
}

/// <summary>One pod of a workload.</summary>
public sealed record PodState
{
    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's uid.</summary>
    public required string Uid { get; init; }

    /// <summary>The node that it runs on; empty while unscheduled.</summary>
    public string Node { get; init; } = "";

    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Whether it is ready.</summary>
    public bool Ready { get; init; }

    /// <summary>Since when it has been (un)ready.</summary>
    public DateTimeOffset? ReadyChangedAt { get; init; }

    /// <summary>Whether it is being deleted.</summary>
    public bool Terminating { get; init; }

    /// <summary>Its containers.</summary>
    public IReadOnlyList<ContainerState> Containers { get; init; } = [];
}

/// <summary>One container of a pod.</summary>
public sealed record ContainerState
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The image asked for.</summary>
    public string Image { get; init; } = "";

    /// <summary>How often it was restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>The reason that it waits (<c>CrashLoopBackOff</c>, <c>ImagePullBackOff</c>); null when it runs or has ended.</summary>
    public string? WaitingReason { get; init; }

    /// <summary>The reason of the present or last termination (<c>OOMKilled</c>, <c>Error</c>); null when never terminated.</summary>
    public string? LastTerminationReason { get; init; }

    /// <summary>The exit code of the present or last termination.</summary>
    public int? LastExitCode { get; init; }

    /// <summary>When it last terminated.</summary>
    public DateTimeOffset? LastTerminatedAt { get; init; }

    /// <summary>When the running container started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Memory limit in bytes; null for none.</summary>
    public double? MemoryLimit { get; init; }

    /// <summary>CPU limit in cores; null for none.</summary>
    public double? CpuLimit { get; init; }
}
