using System.Text.Json.Nodes;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Shop;

/// <summary>
/// A small shop in namespace <c>shop</c>: frontend, api-server, auth, payment, catalog, recommendation, a Redis cache and a
/// PostgreSQL stateful set on three nodes, with faults to be injected by name. What ends each is told by <see cref="ShopFaultStory"/>.
/// </summary>
public sealed class SandboxShop
{
    public const string Namespace = "shop";
    private const double Mebibyte = 1 << 20;
    private const string IssuerKey = "jwt-issuer";
    private const string Issuer = "https://auth.shop.example";
    private const string FailingNode = "node-3";

    private readonly SandboxCluster cluster;
    private readonly TimeProvider time;

    private SandboxShop(SandboxCluster cluster, TimeProvider time)
    {
        this.cluster = cluster;
        this.time = time;
    }

    /// <summary>Registers the images, applies the manifests and waits until everything is ready.</summary>
    /// <param name="cluster">With nodes <c>node-1</c> to <c>node-3</c>, the default.</param>
    /// <param name="time">The cluster's clock.</param>
    /// <param name="timeout">On that clock; a real one needs about 5 s.</param>
    /// <param name="token">Gives up.</param>
    /// <exception cref="TimeoutException">The shop is not ready in time.</exception>
    public static async Task<SandboxShop> OpenAsync(SandboxCluster cluster, TimeProvider time, TimeSpan timeout, CancellationToken token = default)
    {
        var shop = await DeployAsync(cluster, time, token);
        await cluster.WaitReadyAsync(Namespace, timeout, token);
        return shop;
    }

    /// <summary>As <see cref="OpenAsync"/>, without waiting.</summary>
    public static async Task<SandboxShop> DeployAsync(SandboxCluster cluster, TimeProvider time, CancellationToken token = default)
    {
        ShopImages.Register(cluster.Behaviours);
        await cluster.ApplyAsync(ShopManifests.All(), token);
        cluster.Faults.SetCertificateExpiry(Namespace, "frontend-tls", time.GetUtcNow().AddDays(80));
        return new SandboxShop(cluster, time);
    }

    private static WorkloadName Of(string name) => WorkloadName.Deployment(Namespace, name);

    private static WorkloadName Postgres => WorkloadName.StatefulSet(Namespace, "postgres");

    /// <summary>Starts a fault; one already at work starts over.</summary>
    public void Inject(ShopFault fault)
    {
        var faults = cluster.Faults;
        var name = NameOf(fault);
        switch (fault)
        {
            case ShopFault.ConnectionPoolExhausted:
                faults.Inject(name, Of("api-server"), new FaultEffect { ConnectionLeakPerSecond = 4, Scope = FaultScope.UntilRestarted });
                break;
            case ShopFault.MemoryLeak:
                faults.Inject(name, Of("recommendation"), new FaultEffect { MemoryGrowthBytesPerSecond = 20 * Mebibyte, MemoryGrowthMaxBytes = 220 * Mebibyte });
                break;
            case ShopFault.BadRollout:
                SetImage("payment", "shop/payment:1.1.0");
                break;
            case ShopFault.CpuSaturated:
                faults.Inject(name, Of("catalog"), new FaultEffect { LoadFactor = 3 });
                break;
            case ShopFault.ConfigKeyMissing:
                ChangeData("auth-config", data => data.Remove(IssuerKey));
                Restart("auth");
                break;
            case ShopFault.CacheStale:
                faults.Inject(name, Of("redis"), new FaultEffect { CacheFillPerSecond = 0.06, CacheStalePerSecond = 0.08, Scope = FaultScope.UntilRestarted });
                break;
            case ShopFault.FrontendCrashLoop:
                faults.Inject(name, Of("frontend"), new FaultEffect { CrashExitCode = 1, CrashLog = "level=fatal msg=\"session store corrupt\" path=/tmp/sessions", Scope = FaultScope.UntilPodReplaced });
                break;
            case ShopFault.NodeNotReady:
                faults.SilenceNode(FailingNode);
                break;
            case ShopFault.DiskFilling:
                faults.Inject(name, Postgres, new FaultEffect { DiskGrowthBytesPerSecond = 100 * Mebibyte, DiskUsedMaxBytes = 9.6 * 1024 * Mebibyte });
                break;
            case ShopFault.CertificateNearExpiry:
                faults.SetCertificateExpiry(Namespace, "frontend-tls", time.GetUtcNow().AddDays(5));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "no such fault");
        }
    }

    /// <summary>Undoes a fault from outside, as a person would; what a fix already did stays.</summary>
    public void End(ShopFault fault)
    {
        cluster.Faults.Clear(NameOf(fault));
        switch (fault)
        {
            case ShopFault.BadRollout:
                SetImage("payment", "shop/payment:1.0.0");
                break;
            case ShopFault.ConfigKeyMissing:
                ChangeData("auth-config", data => data[IssuerKey] = Issuer);
                break;
            case ShopFault.NodeNotReady:
                cluster.Faults.RestoreNode(FailingNode);
                break;
            case ShopFault.CertificateNearExpiry:
                cluster.Faults.SetCertificateExpiry(Namespace, "frontend-tls", time.GetUtcNow().AddDays(90));
                break;
        }
    }

    /// <summary>Whether the fault's symptom can be measured now; false before it has built up and after a fix took hold.</summary>
    public bool IsFelt(ShopFault fault) => fault switch
    {
        ShopFault.ConnectionPoolExhausted => Pods("api-server").Any(pod => pod.ConnectionsUsed >= 0.95 * pod.ConnectionsMax),
        ShopFault.MemoryLeak => Statuses("recommendation").Any(status => status.Text("state", "terminated", "reason") == "OOMKilled" || (status.Text("lastState", "terminated", "reason") == "OOMKilled" && status.Flag("ready") != true))
            || Pods("recommendation").Any(pod => pod.MemoryBytes > 0.9 * pod.MemoryLimitBytes),
        ShopFault.BadRollout => Pods("payment").Any(pod => pod.ErrorRate > 0.05),
        ShopFault.CpuSaturated => Pods("catalog").Any(pod => pod.CpuCores >= 0.9 * pod.CpuLimitCores),
        ShopFault.ConfigKeyMissing => Statuses("auth").Any(status => status.Text("state", "waiting", "reason") == "CreateContainerConfigError"),
        ShopFault.CacheStale => Pods("redis").Any(pod => pod.CacheStale > 0.5 || pod.CacheFill > 0.95),
        ShopFault.FrontendCrashLoop => Statuses("frontend").Any(status => status.Text("state", "waiting", "reason") == "CrashLoopBackOff"),
        ShopFault.NodeNotReady => cluster.Gauges.Nodes().Any(node => !node.Ready),
        ShopFault.DiskFilling => cluster.Gauges.Volumes().Any(volume => volume.Namespace == Namespace && volume.UsedBytes > 0.8 * volume.CapacityBytes),
        ShopFault.CertificateNearExpiry => cluster.Gauges.Certificates().Any(certificate => certificate.NotAfter < time.GetUtcNow().AddDays(14)),
        _ => false,
    };

    /// <summary>Clears the Redis cache, as <c>POST /admin/cache/clear</c> through the API server's service proxy does.</summary>
    /// <returns>False when no Redis pod is ready.</returns>
    public bool ClearCache() => cluster.AskService(Namespace, "redis", "POST", "/admin/cache/clear") is { Code: 200 };

    /// <summary>Rotates the api-server's connection pool, as <c>POST /admin/pool/rotate</c> does.</summary>
    /// <returns>False when no api-server pod is ready.</returns>
    public bool RotatePool() => cluster.AskService(Namespace, "api-server", "POST", "/admin/pool/rotate") is { Code: 200 };

    private static string NameOf(ShopFault fault) => "shop " + fault;

    private IEnumerable<PodGauges> Pods(string deployment) => cluster.Gauges.Of(Of(deployment));

    private IEnumerable<JsonObject> Statuses(string app) => cluster.Store.List(ResourceCatalogue.Pods, Namespace)
        .Where(pod => pod.Labels.GetValueOrDefault("app") == app && !pod.Body.Deleting()).SelectMany(pod => pod.Body.Items("status", "containerStatuses"));

    private void SetImage(string deployment, string image) => Change(deployment, body =>
    {
        foreach (var container in body.Items("spec", "template", "spec", "containers")) container["image"] = image;
    });

    private void Restart(string deployment) => Change(deployment, body =>
        body.Ensure("spec").Ensure("template").Ensure("metadata").Ensure("annotations")["kubectl.kubernetes.io/restartedAt"] = time.GetUtcNow().MicroStamp());

    private void Change(string deployment, Action<JsonObject> change)
    {
        if (cluster.Store.Find(ResourceCatalogue.Deployments, Namespace, deployment) is { } found) cluster.Registry.Change(found, change);
    }

    private void ChangeData(string map, Action<JsonObject> change)
    {
        if (cluster.Store.Find(ResourceCatalogue.ConfigMaps, Namespace, map) is { } found) cluster.Registry.Change(found, body => change(body.Ensure("data")));
    }
}
