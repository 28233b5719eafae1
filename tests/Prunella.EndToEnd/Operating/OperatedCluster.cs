using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.KubeConfigModels;
using Prunella.EndToEnd.Cluster;
using Prunella.EndToEnd.Serving;

namespace Prunella.EndToEnd.Operating;

/// <summary>A namespace of the real cluster and servers whose operator watches it; no Prometheus and no Alertmanager.</summary>
internal sealed class OperatedCluster : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-operator-").FullName;
    private readonly List<PrunellaServer> servers = [];

    private OperatedCluster(RealCluster cluster) => Cluster = cluster;

    internal RealCluster Cluster { get; }

    internal string Namespace => Cluster.Namespace;

    /// <summary>The first server.</summary>
    internal PrunellaServer Prunella => servers[0];

    private string KubeconfigFile => Path.Combine(folder, "kubeconfig");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens the cluster; skips the test when there is none.</summary>
    /// <param name="access">Makes the kubeconfig that the servers get; null for the account of deploy/.</param>
    internal static async Task<OperatedCluster> OpenAsync(Func<RealCluster, Task<K8SConfiguration>>? access = null)
    {
        var operated = new OperatedCluster(await RealCluster.OpenAsync());
        try
        {
            var configuration = access is null ? await LeastPrivilege.GrantAsync(operated.Cluster) : await access(operated.Cluster);
            await File.WriteAllTextAsync(operated.KubeconfigFile, KubernetesYaml.Serialize(configuration), Cancellation);
            return operated;
        }
        catch
        {
            await operated.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server with a store of its own.</summary>
    internal async Task<PrunellaServer> StartServerAsync(string? stage = "Full", ServerSettings? settings = null)
    {
        var server = new PrunellaServer(Path.Combine(folder, $"prunella-{servers.Count}"));
        servers.Add(server);
        await server.ConfigureAsync(Namespace, null, (settings ?? new ServerSettings()) with { Operator = true, Stage = stage });
        await server.StartAsync(KubeconfigFile);
        return server;
    }

    /// <summary>Starts a server again after a kill.</summary>
    internal Task StartAgainAsync(PrunellaServer server) => server.StartAsync(KubeconfigFile);

    /// <summary>Who holds the lease; empty when nobody does.</summary>
    internal async Task<string> LeaderAsync()
    {
        var leases = await Cluster.Client.CoordinationV1.ListNamespacedLeaseAsync(Namespace, cancellationToken: Cancellation);
        return leases.Items.FirstOrDefault(lease => lease.Metadata.Name == "prunella")?.Spec.HolderIdentity ?? "";
    }

    /// <summary>A deployment of busybox, ready when asked.</summary>
    internal Task DeployAsync(string name, int replicas, string script, string? memory = null, bool ready = true, int readyAfterSeconds = 0, string? cpu = null) =>
        Cluster.DeployAsync(name, replicas, script, memory, ready, readyAfterSeconds, cpu);

    internal const string Sleeps = "trap 'exit 0' TERM; while true; do sleep 1; done";

    /// <summary>Holds so many bytes after a few seconds and then waits; the kernel ends it when its limit is lower.</summary>
    internal static string Holds(int bytes) => string.Create(CultureInfo.InvariantCulture, $"mkfifo /tmp/f; (sleep 4; head -c {bytes} /dev/zero; sleep 1000000) > /tmp/f & exec tail /tmp/f");

    /// <summary>Detect, decide and recover as the incident has them, written to the test's output and returned in seconds.</summary>
    internal async Task<(double Detect, double Decide, double? Recover)> MeasureAsync(string what, JsonNode incident)
    {
        var noticed = At(incident["summary"]!["noticedAt"])!.Value;
        var detect = (noticed - At(incident["startedAt"])!.Value).TotalSeconds;
        var decide = (At(incident["decidedAt"])!.Value - noticed).TotalSeconds;
        var recover = (At(incident["recoveredAt"]) - noticed)?.TotalSeconds;
        var acted = (At(incident["actedAt"]) - noticed)?.TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: detect {detect:0.000} s (from the API's whole seconds), decide {decide:0.000} s, act {acted:0.000} s, recover {recover:0.000} s after noticing"));
        foreach (var entry in await Prunella.LedgerAsync(incident)) TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {entry.Text("kind")} at {(At(entry["at"])!.Value - noticed).TotalSeconds:0.000} s"));
        return (detect, decide, recover);
    }

    private static DateTimeOffset? At(JsonNode? node) => node is null ? null : DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(server.Output);
            server.Dispose();
        }
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
