using Prunella.Sandbox;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Shop;

namespace Prunella.Demo;

/// <summary>The sandbox cluster with the shop, and three neighbours: reports; search, which Helm installed; the database of billing.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private DemoWorld(SandboxCluster cluster, SandboxShop shop) => (Cluster, Shop) = (cluster, shop);

    internal SandboxCluster Cluster { get; }

    internal SandboxShop Shop { get; }

    /// <summary>Starts everything and waits until it is ready.</summary>
    internal static async Task<DemoWorld> StartAsync(TimeProvider time, CancellationToken cancellation)
    {
        var cluster = await SandboxCluster.StartAsync(new SandboxOptions { NodeMonitorGrace = TimeSpan.FromSeconds(3) }, time, cancellation);
        cluster.Behaviours.Add("demo/reports:4.1.0", new AppBehaviour { MemoryBytes = 90 << 20, RequestsPerSecond = 4, CpuCoresPerRequest = 0.01 });
        cluster.Behaviours.Add("demo/search:2.3.0", new AppBehaviour { MemoryBytes = 120 << 20, RequestsPerSecond = 30, CpuCoresPerRequest = 0.002 });
        cluster.Behaviours.Add("demo/postgres:16", new AppBehaviour { MemoryBytes = 120 << 20, RequestsPerSecond = 20, CpuCoresPerRequest = 0.001, ConnectionsMax = 100, ConnectionsPerRequest = 0.2 });
        await cluster.ApplyAsync(Neighbours, cancellation);
        var shop = await SandboxShop.OpenAsync(cluster, time, TimeSpan.FromMinutes(2), cancellation);
        return new DemoWorld(cluster, shop);
    }

    internal void Inject(string name, WorkloadName workload, FaultEffect effect) => Cluster.Faults.Inject("demo " + name, workload, effect);

    internal void Clear(string name) => Cluster.Faults.Clear("demo " + name);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private static readonly string Neighbours = string.Join("\n---\n",
        Neighbour("billing", "billing-db", "postgres", "demo/postgres:16", 1, "Recreate", "labels: {app: billing-db}"),
        Neighbour("back-office", "reports", "reports", "demo/reports:4.1.0", 2, "RollingUpdate", "labels: {app: reports}"),
        Neighbour("search", "search", "search", "demo/search:2.3.0", 2, "RollingUpdate",
            "labels: {app: search, app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: search, meta.helm.sh/release-namespace: search}"));

    private static string Neighbour(string @namespace, string name, string container, string image, int replicas, string strategy, string marks) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{@namespace}} }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}}, namespace: {{@namespace}}, {{marks}} }
        spec:
          replicas: {{replicas}}
          strategy: {type: {{strategy}} }
          selector: {matchLabels: {app: {{name}} } }
          template:
            metadata: {labels: {app: {{name}} } }
            spec:
              terminationGracePeriodSeconds: 5
              containers:
              - name: {{container}}
                image: {{image}}
                resources:
                  requests: {cpu: 100m, memory: 64Mi}
                  limits: {cpu: 250m, memory: 256Mi}
        """;
}
