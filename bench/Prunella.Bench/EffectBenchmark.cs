using System.Globalization;
using System.Text.Json;
using Prunella.Commands;
using Prunella.Hosting;
using Prunella.Sandbox;
using Prunella.Sandbox.Behaviours;

namespace Prunella.Bench;

/// <summary>
/// The way of an alert: webhook over HTTP, durable accept, correlation, evidence from the cluster's API, diagnosis, plan, gate,
/// intent, effect. One deployment each, so that no pause between two attempts is part of it; the store is SQLite on disk.
/// </summary>
internal static class EffectBenchmark
{
    private const int Deployments = 24;

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("prunella-bench-").FullName;
        try
        {
            await using var cluster = await SandboxCluster.StartAsync(new SandboxOptions());
            cluster.Behaviours.Add("bench/app:1", new AppBehaviour { MemoryBytes = 32 << 20 });
            for (var index = 0; index < Deployments; index++) await cluster.ApplyAsync(Manifest(index));
            for (var index = 0; index < Deployments; index++)
                await cluster.WaitAsync("deployments", "bench", $"app-{index}", body => body?["status"]?["readyReplicas"]?.GetValue<long>() == 3, TimeSpan.FromMinutes(2));
            var configuration = await ConfigureAsync(folder, cluster);
            await using var app = Server.Build(new ServeSettings { Urls = "http://127.0.0.1:0" }, configuration);
            await ServerRun.StartAsync(app, CancellationToken.None);
            await app.Services.GetRequiredService<Readiness>().WhenReadyAsync(TimeProvider.System, CancellationToken.None);
            using var http = new HttpClient { BaseAddress = new Uri(ServerRun.AddressesOf(app)[0]), DefaultRequestHeaders = { Authorization = new("Bearer", "a-token-of-the-benchmark") } };
            using var api = new HttpClient { BaseAddress = cluster.Address };

            var times = new List<double>();
            for (var index = 0; index < Deployments; index++) times.Add(await OneAsync(http, api, index));
            await app.StopAsync();
            Print(times);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(List<double> times)
    {
        var warm = times.Skip(4).Order().ToList();
        System.Console.WriteLine($"alert to effect, sandbox cluster, SQLite, {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        System.Console.WriteLine("| first alert after start ms | median ms of 20 after four | worst ms |");
        System.Console.WriteLine("|---:|---:|---:|");
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {times[0]:0} | {warm[warm.Count / 2]:0} | {warm[^1]:0} |"));
    }

    private static async Task<double> OneAsync(HttpClient http, HttpClient api, int index)
    {
        var path = $"/apis/apps/v1/namespaces/bench/deployments/app-{index}";
        var began = TimeProvider.System.GetTimestamp();
        using var posted = await http.PostAsJsonAsync("/webhooks/generic", new { name = "BenchTrouble", target = new { @namespace = "bench", kind = "Deployment", name = $"app-{index}" } });
        posted.EnsureSuccessStatusCode();
        while (true)
        {
            var deployment = await api.GetFromJsonAsync<JsonElement>(path);
            if (deployment.GetProperty("metadata").GetProperty("generation").GetInt64() > 1) return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"nothing was done to app-{index} within a minute");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<ServerConfiguration> ConfigureAsync(string folder, SandboxCluster cluster)
    {
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, cluster.KubeconfigYaml);
        var playbooks = Directory.CreateDirectory(Path.Combine(folder, "playbooks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(playbooks, "bench.yaml"), """
            name: bench-trouble
            version: 1.0.0
            description: Restarts what the benchmark names.
            cause: bench-trouble
            family: bench
            match:
              alerts: ['BenchTrouble']
            conditions:
              - workload: ready
                atLeast: 1
                text: pods that serve
            confidence:
              base: 0.9
            summary: The benchmark wants a restart.
            actions:
              - action: restart-workload
                why: It is asked for.
            escalateAfter: 1
            advice: None.
            """);
        return ConfigurationFile.LoadOrFail(null,
        [
            new("kubernetes:kubeconfig", kubeconfig), new("storage:provider", "sqlite"), new("storage:path", Path.Combine(folder, "store.db")),
            new("storage:ledgerKeyFile", Path.Combine(folder, "ledger.key")), new("storage:checkpointFile", Path.Combine(folder, "checkpoints.jsonl")),
            new("remediation:stages:default", "Full"), new("remediation:gate:namespaceWorkloadsMax", "100"), new("remediation:gate:workloadsMax", "100"),
            new("playbooks:shipped", "false"), new("playbooks:paths:0", playbooks), new("webhooks:bearerTokens:0", "a-token-of-the-benchmark"), new("server:urls", "http://127.0.0.1:0"),
        ]);
    }

    private static string Manifest(int index) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: bench}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app-{{index}}, namespace: bench, labels: {app: app-{{index}}} }
        spec:
          replicas: 3
          selector: {matchLabels: {app: app-{{index}}} }
          template:
            metadata: {labels: {app: app-{{index}}} }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: app
                image: bench/app:1
        """;
}
