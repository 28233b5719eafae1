using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Watch;
using Prunella.Ledger;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;
using Prunella.Sandbox;

namespace Prunella.Kubernetes.Tests.Watch;

/// <summary>The operator over a sandbox cluster and a store in memory; no engine, so that its signals stay to be looked at.</summary>
internal sealed class OperatorWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly CancellationTokenSource stop = new();
    private readonly ServiceProvider services;
    private Task running = Task.CompletedTask;

    private OperatorWorld(SandboxCluster cluster, Uri api, Action<OperatorOptions>? configure, MemoryRemediationStore? store)
    {
        Cluster = cluster;
        Store = store ?? new MemoryRemediationStore(TimeProvider.System, new LedgerChain(LedgerKeyRing.Of(new byte[32])));
        Options = new OperatorOptions { LeaderElection = false, OverAfter = TimeSpan.FromMilliseconds(300), LookAgainFirst = TimeSpan.FromMilliseconds(200), LookAgainMax = TimeSpan.FromSeconds(1), ReconnectMax = TimeSpan.FromSeconds(1) };
        configure?.Invoke(Options);
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"operator-{Guid.NewGuid():N}.conf");
        File.WriteAllText(kubeconfig, cluster.KubeconfigYaml.Replace(cluster.Address.ToString().TrimEnd('/'), api.ToString().TrimEnd('/'), StringComparison.Ordinal));
        services = new ServiceCollection()
            .AddSingleton<IRemediationStore>(Store).AddSingleton(new EngineOptions()).AddSingleton<EngineWakeUps>().AddSingleton<Intake>()
            .AddSingleton(new IdSource(TimeProvider.System, new Random(7)))
            .AddKubernetes(new KubernetesOptions { Kubeconfig = kubeconfig, RequestTimeout = TimeSpan.FromSeconds(10), RetriesMax = 0 }).AddOperator(Options).BuildServiceProvider();
    }

    internal SandboxCluster Cluster { get; }

    internal MemoryRemediationStore Store { get; }

    internal OperatorOptions Options { get; }

    internal ClusterOperator Operator => services.GetRequiredService<ClusterOperator>();

    internal ClusterApi Api => services.GetRequiredService<ClusterApi>();

    internal IServiceProvider Services => services;

    internal OperatorMetrics Metrics => services.GetRequiredService<OperatorMetrics>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the operator and waits until it has read the cluster.</summary>
    internal static async Task<OperatorWorld> StartAsync(Action<OperatorOptions>? configure = null, SandboxCluster? cluster = null, Uri? api = null, MemoryRemediationStore? store = null)
    {
        cluster ??= await SandboxCluster.StartAsync(new SandboxOptions { Nodes = [new SandboxNode("node-1"), new SandboxNode("node-2")], BackOffInitial = TimeSpan.FromSeconds(1), BackOffMax = TimeSpan.FromSeconds(2) }, token: Cancellation);
        var world = new OperatorWorld(cluster, api ?? cluster.Address, configure, store);
        world.running = world.Operator.RunAsync(world.stop.Token);
        await UntilAsync(() => world.Operator.UpToDate, "the first lists");
        return world;
    }

    /// <summary>A deployment of the sandbox's web application, ready.</summary>
    internal async Task DeployAsync(string name, int replicas = 2, string image = "busybox", string command = "sleep 100000", int readyAfterSeconds = 0)
    {
        await Cluster.ApplyAsync(Manifest(name, replicas, image, command, readyAfterSeconds), Cancellation);
        await Cluster.WaitAsync("deployments", "default", name, found => found?["status"]?["readyReplicas"]?.GetValue<long>() == replicas, Patience, Cancellation);
    }

    internal static string Manifest(string name, int replicas, string image, string command, int readyAfterSeconds = 0) =>
        $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{{name}}}, namespace: default}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: {{{name}}} }}
          template:
            metadata: {labels: {app: {{{name}}} }}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: app
                image: {{{image}}}
                command: [sh, -c, "{{{command}}}"]
                readinessProbe: {{{(readyAfterSeconds > 0 ? $"{{exec: {{command: [\"true\"]}}, initialDelaySeconds: {readyAfterSeconds}, periodSeconds: 1}}" : "null")}}}
        """;

    /// <summary>The operator's signals so far, in order of acceptance.</summary>
    internal async Task<IReadOnlyList<Signal>> SignalsAsync() => await Store.PendingSignalsAsync(10_000, Cancellation);

    internal async Task<Signal> UntilSignalAsync(string target, SignalStatus status = SignalStatus.Firing)
    {
        Signal? found = null;
        await UntilAsync(async () => (found = (await SignalsAsync()).FirstOrDefault(signal => signal.Status == status && signal.Label("target") == target)) is not null, $"{status} about {target}",
            async () => string.Join("; ", (await SignalsAsync()).Select(signal => $"{signal.Name} {signal.Status} {signal.Label("target")}")));
        return found!;
    }

    internal static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    internal static async Task UntilAsync(Func<Task<bool>> condition, string what, Func<Task<string>>? last = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"Waited for {what}. {(last is null ? "" : await last())}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    internal async Task<List<JsonObject>> PodsAsync() => await Api.ListAsync<JsonObject>(ApiKind.Pod, "default", Cancellation);

    /// <summary>Ends the operator alone, as a kill does: nothing is said to anybody.</summary>
    internal async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        await services.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
