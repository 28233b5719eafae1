using k8s;
using k8s.KubeConfigModels;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Monitoring;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd;

/// <summary>
/// Everything between a container and the ledger, all of it real: a namespace of the cluster, Prometheus, Alertmanager and
/// <c>prunella serve</c>, each a process of its own on loopback, ended with the test.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private readonly string folder;

    private World(RealCluster cluster, ApiProxy proxy, StateExporter exporter, string folder)
    {
        (Cluster, Proxy, Exporter, this.folder) = (cluster, proxy, exporter, folder);
        Prunella = new PrunellaServer(Path.Combine(folder, "prunella"));
        Alertmanager = new AlertmanagerServer(Path.Combine(folder, "alertmanager"), Prunella.Webhook, PrunellaServer.WebhookToken);
        Prometheus = new PrometheusServer(Path.Combine(folder, "prometheus"), exporter.Port, Alertmanager.Port);
    }

    internal RealCluster Cluster { get; }

    /// <summary>Between Prunella and the API server.</summary>
    internal ApiProxy Proxy { get; }

    internal PrunellaServer Prunella { get; }

    internal AlertmanagerServer Alertmanager { get; }

    internal PrometheusServer Prometheus { get; }

    internal string Namespace => Cluster.Namespace;

    /// <summary>What Prometheus is told of the pods.</summary>
    internal StateExporter Exporter { get; }

    private string KubeconfigFile => Path.Combine(folder, "kubeconfig");

    /// <summary>Starts all of it; skips the test with the reason when a part is not on this machine.</summary>
    /// <param name="settings">The server's.</param>
    /// <param name="kubeconfig">Makes the kubeconfig that Prunella gets; null for the one through the proxy, as administrator.</param>
    internal static async Task<World> StartAsync(ServerSettings? settings = null, Func<RealCluster, Task<K8SConfiguration>>? kubeconfig = null)
    {
        if ((PrometheusServer.WhyMissing ?? AlertmanagerServer.WhyMissing) is { } missing) Assert.Skip(missing);
        var cluster = await RealCluster.OpenAsync();
        var folder = Directory.CreateTempSubdirectory("prunella-e2e-").FullName;
        var world = new World(cluster, await ApiProxy.StartAsync(cluster.Kubeconfig), await StateExporter.StartAsync(cluster), folder);
        try
        {
            var access = kubeconfig is null ? world.Proxy.Kubeconfig : await kubeconfig(cluster);
            await File.WriteAllTextAsync(world.KubeconfigFile, KubernetesYaml.Serialize(access), TestContext.Current.CancellationToken);
            await world.Prunella.ConfigureAsync(cluster.Namespace, world.Prometheus.Address, settings ?? new ServerSettings());
            await Task.WhenAll(world.StartPrunellaAsync(), world.Alertmanager.StartAsync());
            await world.Prometheus.StartAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, or starts it again after a kill.</summary>
    internal Task StartPrunellaAsync() => Prunella.StartAsync(KubeconfigFile);

    /// <summary>Deploys an application of the tests.</summary>
    internal async Task<Shop> DeployAsync(ShopOptions options, bool ready = true)
    {
        var shop = new Shop(Cluster, options);
        await shop.DeployAsync(ready);
        return shop;
    }

    public async ValueTask DisposeAsync()
    {
        // What the server said is the first thing to read when a test fails; a passing one does not show it.
        TestContext.Current.TestOutputHelper?.WriteLine(Prunella.Output);
        Prometheus.Dispose();
        Alertmanager.Dispose();
        Prunella.Dispose();
        await Exporter.DisposeAsync();
        await Proxy.DisposeAsync();
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
