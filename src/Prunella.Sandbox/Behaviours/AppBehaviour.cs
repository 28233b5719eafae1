namespace Prunella.Sandbox.Behaviours;

/// <summary>A served application, declared: what it uses, needs, logs and how it fails. Defaults are a small healthy service.</summary>
public sealed record AppBehaviour : IImageBehaviour
{
    /// <summary>Working set at start. Bytes; default 64 MiB.</summary>
    public long MemoryBytes { get; init; } = 64L << 20;

    /// <summary>A leak of the image itself. Bytes per second.</summary>
    public double MemoryGrowthBytesPerSecond { get; init; }

    /// <summary>Load on the whole workload, spread over its ready pods. Requests per second.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>CPU used without load. Cores; default 0.01.</summary>
    public double CpuIdleCores { get; init; } = 0.01;

    /// <summary>CPU per request per second. Cores.</summary>
    public double CpuCoresPerRequest { get; init; }

    /// <summary>Connections held per request per second.</summary>
    public double ConnectionsPerRequest { get; init; }

    /// <summary>Pool size unless the environment sets another; 0 for no pool.</summary>
    public double ConnectionsMax { get; init; }

    /// <summary>Environment variable that sets the pool size.</summary>
    public string ConnectionsMaxVariable { get; init; } = "DB_POOL_MAX";

    /// <summary>Share of requests that fail by the image's own fault, 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>99th percentile under light load. Seconds; default 0.05.</summary>
    public double LatencySeconds { get; init; } = 0.05;

    /// <summary>Time from start to the first passing probe.</summary>
    public TimeSpan ReadyAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Services of the same namespace that must have ready endpoints before this one is ready.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Environment variables without which it ends with exit code 1 and a log line naming the variable.</summary>
    public IReadOnlyList<string> RequiredEnvironment { get; init; } = [];

    /// <summary>Ends by itself this long after its start; null runs on.</summary>
    public TimeSpan? ExitsAfter { get; init; }
    public int ExitCode { get; init; }

    /// <summary>Line written when it ends by itself.</summary>
    public string? ExitLog { get; init; }

    /// <summary>Line written at start.</summary>
    public string StartLog { get; init; } = "level=info msg=\"server started\" port=8080";

    /// <summary>Lines written in turn, one every <see cref="LogEvery"/>.</summary>
    public IReadOnlyList<string> LogLines { get; init; } = [];

    /// <summary>Default 10 s.</summary>
    public TimeSpan LogEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Lines written instead while more than 5 % of requests fail.</summary>
    public IReadOnlyList<string> ErrorLogLines { get; init; } = ["level=error msg=\"request failed\" status=500"];

    /// <summary>Whether it is a cache, whose fill and staleness are measured and cleared through <c>POST /admin/cache/clear</c>.</summary>
    public bool IsCache { get; init; }

    /// <summary>Time from SIGTERM to a clean end.</summary>
    public TimeSpan StopsAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public IContainerProcess Start(ContainerStart start) => new AppProcess(this, start);
}
