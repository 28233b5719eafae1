using Prunella.Incidents;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Shop;

namespace Prunella.Demo.Stories;

/// <summary>
/// The demo's faults with their expected ends: the one table that the closing table is compared with. Lanes run at the same
/// time, each in namespaces of its own; within one, a fault begins when the one before has come to its end.
/// </summary>
internal static class AllStories
{
    private const double Mebibyte = 1 << 20;
    private const double Gibibyte = 1 << 30;

    /// <summary>The shop, one fault after another.</summary>
    internal static IReadOnlyList<Story> Shop { get; } =
    [
        new("the api-server loses connections until its pool is used up", Deployment("api-server"), "ConnectionPoolExhausted",
            world => world.Inject("pool", WorkloadName.Deployment("shop", "api-server"), new FaultEffect { ConnectionLeakPerSecond = 25, Scope = FaultScope.UntilRestarted }),
            world => world.Clear("pool"),
            new(IncidentState.Resolved, "connection-pool-exhausted", "Execute") { Action = "restart-workload", Validation = ValidationResult.Fixed }),

        new("customers triple and the catalog runs at its CPU limit", Deployment("catalog"), "HighCpu",
            world => world.Inject("load", WorkloadName.Deployment("shop", "catalog"), new FaultEffect { LoadFactor = 2 }),
            world => world.Clear("load"),
            new(IncidentState.Resolved, "cpu-saturation", "Execute") { Action = "scale-up", Validation = ValidationResult.Fixed }),

        new("Redis serves stale entries", Deployment("redis"), "CacheStale",
            world => world.Inject("stale", WorkloadName.Deployment("shop", "redis"), new FaultEffect { CacheStalePerSecond = 0.3, Scope = FaultScope.UntilRestarted }),
            world => world.Clear("stale"),
            new(IncidentState.Resolved, "cache-stale", "Execute") { Action = "clear-cache", Validation = ValidationResult.Fixed }),

        new("recommendation needs more memory than its limit", Deployment("recommendation"), "ContainerOutOfMemory",
            world => world.Inject("leak", WorkloadName.Deployment("shop", "recommendation"), new FaultEffect { MemoryGrowthBytesPerSecond = 150 * Mebibyte, MemoryGrowthMaxBytes = 220 * Mebibyte }),
            _ => { },
            new(IncidentState.Resolved, "oom-killed", "Execute") { Action = "raise-memory-limit", Validation = ValidationResult.Fixed }),

        new("the frontend's pods crash at each start", Deployment("frontend"), "KubePodCrashLooping",
            world => world.Shop.Inject(ShopFault.FrontendCrashLoop), world => world.Shop.End(ShopFault.FrontendCrashLoop),
            new(IncidentState.Resolved, "crash-loop", "Execute") { Action = "restart-workload", Validation = ValidationResult.Fixed }),

        new("a bad release of payment fails a third of all payments", Deployment("payment"), "HighErrorRate",
            world => world.Shop.Inject(ShopFault.BadRollout), _ => { },
            new(IncidentState.Resolved, "bad-rollout", "Ask") { Action = "rollback-rollout", Approved = true, Validation = ValidationResult.Fixed }),

        new("the disk of postgres fills up", new Target(Target.DefaultCluster, "shop", "PersistentVolumeClaim", "data-postgres-0"), "KubePersistentVolumeFillingUp",
            world => world.Inject("disk", WorkloadName.StatefulSet("shop", "postgres"), new FaultEffect { DiskGrowthBytesPerSecond = Gibibyte, DiskUsedMaxBytes = 9.6 * Gibibyte }),
            world => world.Clear("disk"),
            new(IncidentState.Resolved, "disk-filling", "Ask") { Action = "expand-volume", Approved = true, Validation = ValidationResult.Fixed }),

        new("the frontend's certificate runs out in five days", Deployment("frontend"), "CertificateExpiringSoon",
            world => world.Shop.Inject(ShopFault.CertificateNearExpiry), world => world.Shop.End(ShopFault.CertificateNearExpiry),
            new(IncidentState.Escalated, "certificate-expiring")),

        new("a configuration key of auth is gone", Deployment("auth"), "KubePodNotReady",
            world => world.Shop.Inject(ShopFault.ConfigKeyMissing), world => world.Shop.End(ShopFault.ConfigKeyMissing),
            new(IncidentState.Escalated, "config-missing")),
    ];

    /// <summary>Beside it: a fix that does not help and is undone.</summary>
    internal static IReadOnlyList<Story> Beside { get; } =
    [
        new("reports burns CPU, and more replicas burn more", new Target(Target.DefaultCluster, "back-office", "Deployment", "reports"), "HighCpu",
            world => world.Inject("runaway", WorkloadName.Deployment("back-office", "reports"), new FaultEffect { RunawayCpuCores = 2 }),
            world => world.Clear("runaway"),
            new(IncidentState.Escalated, "cpu-saturation", "Execute") { Action = "scale-up", Validation = ValidationResult.NotFixed, Undone = true }),
    ];

    /// <summary>What is not Prunella's to do: an object that belongs to Helm, and an action that the site forbids.</summary>
    internal static IReadOnlyList<Story> People { get; } =
    [
        new("search outgrows its memory limit, and Helm owns it", new Target(Target.DefaultCluster, "search", "Deployment", "search"), "ContainerOutOfMemory",
            world => world.Inject("memory", WorkloadName.Deployment("search", "search"), new FaultEffect { MemoryGrowthBytesPerSecond = 150 * Mebibyte, MemoryGrowthMaxBytes = 220 * Mebibyte }),
            world => world.Clear("memory"),
            new(IncidentState.Escalated, "oom-killed", "Escalate") { Action = "raise-memory-limit", Because = "Helm" }),

        new("sessions hold the connections of billing's database", new Target(Target.DefaultCluster, "billing", "Deployment", "billing-db"), "DatabaseConnectionsHeld",
            world => world.Inject("sessions", WorkloadName.Deployment("billing", "billing-db"), new FaultEffect { ConnectionLeakPerSecond = 40, Scope = FaultScope.UntilRestarted }),
            world => world.Clear("sessions"),
            new(IncidentState.Escalated, "database-connections-held", "Refuse") { Action = "restart-database", Because = "forbidden" }),
    ];

    /// <summary>At the end, because it shakes the whole shop.</summary>
    internal static IReadOnlyList<Story> Finale { get; } =
    [
        new("a node falls silent", new Target(Target.DefaultCluster, "", "Node", "node-3"), "KubeNodeNotReady",
            world => world.Shop.Inject(ShopFault.NodeNotReady), world => world.Shop.End(ShopFault.NodeNotReady),
            new(IncidentState.Escalated, "node-not-ready", "Ask") { Action = "cordon-node", Approved = false }),
    ];

    private static Target Deployment(string name) => new(Target.DefaultCluster, SandboxShop.Namespace, "Deployment", name);
}
