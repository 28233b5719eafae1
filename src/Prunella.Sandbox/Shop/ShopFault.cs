namespace Prunella.Sandbox.Shop;

/// <summary>The faults the shop can suffer, in the order the demo plays them.</summary>
public enum ShopFault
{
    ConnectionPoolExhausted,
    MemoryLeak,
    BadRollout,
    CpuSaturated,
    ConfigKeyMissing,
    CacheStale,
    FrontendCrashLoop,
    NodeNotReady,
    DiskFilling,
    CertificateNearExpiry,
}

/// <summary>What a fault of the shop is, for people and for tests.</summary>
/// <param name="Fault">Which.</param>
/// <param name="Target">What it strikes: a workload, a node or a certificate, as <c>kind/name</c>.</param>
/// <param name="Symptom">What can be seen.</param>
/// <param name="EndedBy">What ends it, besides <see cref="SandboxShop.End"/>.</param>
public sealed record ShopFaultStory(ShopFault Fault, string Target, string Symptom, string EndedBy)
{
    /// <summary>Every fault, in the order of the enum.</summary>
    public static IReadOnlyList<ShopFaultStory> All { get; } =
    [
        new(ShopFault.ConnectionPoolExhausted, "Deployment/api-server", "connections in use climb to the pool's maximum of 50 within 15 s, then 30 % of requests fail",
            "restarting the pods, rotating the pool (POST /admin/pool/rotate), or a rollout that raises DB_POOL_MAX"),
        new(ShopFault.MemoryLeak, "Deployment/recommendation", "memory grows 20 MiB/s to 340 MiB; containers with the limit of 256 MiB are OOM-killed again and again",
            "a memory limit of 384 MiB or more; a restart does not end it"),
        new(ShopFault.BadRollout, "Deployment/payment", "a rollout to shop/payment:1.1.0, of whose requests 35 % fail", "rolling back to shop/payment:1.0.0"),
        new(ShopFault.CpuSaturated, "Deployment/catalog", "load of 3 times the usual; both pods at their CPU limit, latency up tenfold", "scaling to 4 pods or more, or doubling the CPU limit"),
        new(ShopFault.ConfigKeyMissing, "Deployment/auth", "the key jwt-issuer is gone from config map auth-config and a rollout hangs in CreateContainerConfigError",
            "putting the key back, which only a person can; rolling back does not help, both revisions need it"),
        new(ShopFault.CacheStale, "Deployment/redis", "the cache fills up and 80 % of its entries are stale", "clearing the cache (POST /admin/cache/clear) or restarting the pod"),
        new(ShopFault.FrontendCrashLoop, "Deployment/frontend", "the present pods exit with code 1 a second after each start and back off", "replacing the pods: evicting, deleting or a rollout restart"),
        new(ShopFault.NodeNotReady, "Node/node-3", "the kubelet falls silent; after the grace the node is NotReady and tainted", "RestoreNode; cordoning and draining moves its pods meanwhile"),
        new(ShopFault.DiskFilling, "StatefulSet/postgres", "the 10 GiB volume fills by 100 MiB/s up to 9.6 GiB", "expanding the claim data-postgres-0 to 20 GiB"),
        new(ShopFault.CertificateNearExpiry, "Secret/frontend-tls", "the certificate runs out in 5 days", "renewing it, which only a person can (SetCertificateExpiry)"),
    ];
}
