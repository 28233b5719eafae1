using Prunella.Sandbox.Behaviours;

namespace Prunella.Sandbox.Faults;

/// <summary>What one running container uses at one moment.</summary>
public sealed record PodGauges
{
    public required string Namespace { get; init; }
    public required string Pod { get; init; }
    public required string Container { get; init; }

    /// <summary>The pod's top owner.</summary>
    public required WorkloadName Workload { get; init; }
    public required string Node { get; init; }
    public required string Image { get; init; }

    /// <summary>The moment measured, on the cluster's clock.</summary>
    public required DateTimeOffset At { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required bool Ready { get; init; }
    public required int RestartCount { get; init; }

    /// <summary>Working set. Bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Memory limit; null for none. Bytes.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>CPU in use, never above the limit. Cores.</summary>
    public double CpuCores { get; init; }

    /// <summary>CPU limit; null for none. Cores.</summary>
    public double? CpuLimitCores { get; init; }
    public double ConnectionsUsed { get; init; }

    /// <summary>Size of the connection pool; 0 for none.</summary>
    public double ConnectionsMax { get; init; }

    /// <summary>Requests handled per second.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Share of requests that fail, 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>99th percentile. Seconds.</summary>
    public double LatencySeconds { get; init; }

    /// <summary>Share of the cache that is filled, 0 to 1; null for what is no cache.</summary>
    public double? CacheFill { get; init; }

    /// <summary>Share of cache entries that are stale, 0 to 1; null for what is no cache.</summary>
    public double? CacheStale { get; init; }
}

/// <summary>How full a claim's volume is.</summary>
/// <param name="Namespace">Of the claim.</param>
/// <param name="Claim">Its name.</param>
/// <param name="UsedBytes">Never above the capacity.</param>
/// <param name="CapacityBytes">Of the bound volume; grows when the claim is expanded.</param>
public sealed record VolumeGauges(string Namespace, string Claim, long UsedBytes, long CapacityBytes);

/// <summary>When a certificate runs out.</summary>
public sealed record CertificateGauges(string Namespace, string Name, DateTimeOffset NotAfter);

/// <summary>A node as its own gauges show it.</summary>
public sealed record NodeGauges(string Node, bool Ready, double CpuCores, long MemoryBytes);
