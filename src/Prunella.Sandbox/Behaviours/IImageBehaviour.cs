using System.Text.Json.Nodes;
using Prunella.Sandbox.Faults;

namespace Prunella.Sandbox.Behaviours;

/// <summary>What containers of an image do. Implementations are called on the simulation's thread only and must not block.</summary>
public interface IImageBehaviour
{
    /// <summary>Starts one run of one container.</summary>
    IContainerProcess Start(ContainerStart start);
}

/// <summary>Everything a container knows when it starts.</summary>
public sealed record ContainerStart
{
    /// <summary>The pod's top owner: a deployment rather than its replica set.</summary>
    public required WorkloadName Workload { get; init; }
    public required string Pod { get; init; }
    public required string Container { get; init; }
    public required string Image { get; init; }
    public required string Node { get; init; }
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The resolved environment, config map and secret references included.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Claims the pod mounts.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>How often the container was restarted before this run.</summary>
    public int RestartCount { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the pod was accepted by its node; its containers may have been restarted since.</summary>
    public DateTimeOffset PodStartedAt { get; init; }
    public long? MemoryLimitBytes { get; init; }
    public double? CpuLimitCores { get; init; }

    /// <summary>What of the cluster a process can see.</summary>
    public required ISurroundings Surroundings { get; init; }
}

/// <summary>The cluster as a process sees it.</summary>
public interface ISurroundings
{
    /// <summary>Ready addresses behind a service; 0 when there is no such service.</summary>
    int ReadyEndpoints(string ns, string service);

    /// <summary>Ready pods of a workload, at least 1 while the caller runs.</summary>
    int ReadyPods(WorkloadName workload);

    /// <summary>The faults injected into a workload.</summary>
    IReadOnlyList<ActiveFault> FaultsOf(WorkloadName workload);
}

/// <summary>One run of one container.</summary>
public interface IContainerProcess
{
    /// <summary>Lives up to <paramref name="now"/>: writes due log lines, and says whether it ended and when to look again.</summary>
    ProcessStep Advance(DateTimeOffset now, Action<DateTimeOffset, string> log);

    /// <summary>Answers a probe: null means success, else the failure message of the kubelet.</summary>
    /// <param name="probe">The probe's JSON: <c>httpGet</c>, <c>tcpSocket</c> or <c>exec</c>.</param>
    /// <param name="kind"><c>Liveness</c>, <c>Readiness</c> or <c>Startup</c>.</param>
    /// <param name="now">The simulation's present.</param>
    string? Probe(JsonObject probe, string kind, DateTimeOffset now);

    /// <summary>What it uses now.</summary>
    ContainerUsage Usage(DateTimeOffset now);

    /// <summary>How long it takes to end after SIGTERM, and with which code; longer than the grace means it is killed (137).</summary>
    (TimeSpan Takes, int ExitCode) Terminate(DateTimeOffset now);

    /// <summary>Answers a request proxied through the API server; null means 404.</summary>
    ProcessAnswer? Handle(string method, string path, DateTimeOffset now);
}

/// <summary>Where a process stands: ended with a code, or to be looked at again.</summary>
/// <param name="ExitCode">Null while it runs.</param>
/// <param name="WakeAt">When it next does something by itself; null for never.</param>
public readonly record struct ProcessStep(int? ExitCode, DateTimeOffset? WakeAt);

/// <summary>An HTTP answer of a simulated application.</summary>
public sealed record ProcessAnswer(int Code, string Body);

/// <summary>What a container uses at one moment.</summary>
public sealed record ContainerUsage
{
    public static readonly ContainerUsage None = new();

    /// <summary>Working set. Bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>CPU wanted, which may exceed the limit. Cores.</summary>
    public double CpuDemandCores { get; init; }

    /// <summary>Pooled connections in use.</summary>
    public double ConnectionsUsed { get; init; }

    /// <summary>Size of the connection pool; 0 when it has none.</summary>
    public double ConnectionsMax { get; init; }

    /// <summary>Requests handled. Per second.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Share of requests answered with an error, 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>99th percentile of the time to answer. Seconds.</summary>
    public double LatencySeconds { get; init; }

    /// <summary>Share of the cache that is filled, 0 to 1; null for what is no cache.</summary>
    public double? CacheFill { get; init; }

    /// <summary>Share of cache entries that are stale, 0 to 1; null for what is no cache.</summary>
    public double? CacheStale { get; init; }
}
