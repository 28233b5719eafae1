using Prunella.Sandbox.Behaviours;

namespace Prunella.Sandbox.Faults;

/// <summary>What ends a fault without its being cleared.</summary>
public enum FaultScope
{
    /// <summary>Nothing: every container of the workload has it, those to come included.</summary>
    Lasting,

    /// <summary>Replacing the pod: a container restarted in its old pod has it again.</summary>
    UntilPodReplaced,

    /// <summary>Restarting the container, or what resets the resource: a rotated pool, a cleared cache.</summary>
    UntilRestarted,
}

/// <summary>What a fault does to the containers of a workload. Unset members change nothing.</summary>
public sealed record FaultEffect
{
    /// <summary>What ends it; default nothing.</summary>
    public FaultScope Scope { get; init; }

    /// <summary>Memory gained. Bytes per second, from the later of the fault's and the container's start.</summary>
    public double MemoryGrowthBytesPerSecond { get; init; }

    /// <summary>Memory gained at most; a limit above the total survives. Bytes; default unbounded.</summary>
    public double MemoryGrowthMaxBytes { get; init; } = double.MaxValue;

    /// <summary>Pooled connections lost. Per second, from the later of the fault's and the container's start.</summary>
    public double ConnectionLeakPerSecond { get; init; }

    /// <summary>Factor on the workload's total load; spread over its ready pods, so scaling out helps.</summary>
    public double LoadFactor { get; init; } = 1;

    /// <summary>CPU each container burns besides its work, as a runaway thread does; ends with the container. Cores.</summary>
    public double RunawayCpuCores { get; init; }

    /// <summary>Least share of requests that fail, 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>Only containers of an image that contains this are affected; null affects all.</summary>
    public string? ImageContains { get; init; }

    /// <summary>Probe that fails: <c>Liveness</c>, <c>Readiness</c> or <c>Startup</c>; null breaks none.</summary>
    public string? BrokenProbe { get; init; }

    /// <summary>Exit code of containers this long after their start; null keeps them running.</summary>
    public int? CrashExitCode { get; init; }

    /// <summary>How long a crashing container runs.</summary>
    public TimeSpan CrashAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Line a crashing container writes last.</summary>
    public string? CrashLog { get; init; }

    /// <summary>Share of the cache filled per second.</summary>
    public double CacheFillPerSecond { get; init; }

    /// <summary>Share of cache entries that go stale per second.</summary>
    public double CacheStalePerSecond { get; init; }

    /// <summary>Bytes written to each claim per second.</summary>
    public double DiskGrowthBytesPerSecond { get; init; }

    /// <summary>Fill at which writing stops; a larger volume has room left. Bytes; default unbounded.</summary>
    public double DiskUsedMaxBytes { get; init; } = double.MaxValue;
}

/// <summary>A fault at work in a workload.</summary>
/// <param name="Name">What it is called; injecting a second one of the same name replaces the first.</param>
/// <param name="Workload">Where it works.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Since">When it was injected, on the cluster's clock.</param>
public sealed record ActiveFault(string Name, WorkloadName Workload, FaultEffect Effect, DateTimeOffset Since);
