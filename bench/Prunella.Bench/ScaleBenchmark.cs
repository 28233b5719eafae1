using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Prunella.Sandbox;

namespace Prunella.Bench;

/// <summary>
/// The operator of <c>prunella serve</c>, a process of its own, on a cluster of many pods, of which many fail at once: how long
/// until each is noticed by the API's own times, what it holds in memory, what it asks of the server, what the storm pause does.
/// The cluster is the sandbox in this process, or the one of a kubeconfig whose pods go anywhere but to its first node (kubemark).
/// </summary>
internal static class ScaleBenchmark
{
    private const string Space = "prunella-scale";
    private const string Token = "scale-benchmark-person-token-0123456789";
    private const int PodsOfDeployment = 25;
    private const int Failing = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var program = arguments.FirstOrDefault(argument => argument.EndsWith(".dll", StringComparison.Ordinal)) ?? "artifacts/prunella/prunella.dll";
        var kubeconfig = arguments.FirstOrDefault(argument => argument.EndsWith(".conf", StringComparison.Ordinal));
        var pods = arguments.Select(argument => int.TryParse(argument, CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault(number => number > 0, 2_000);
        if (!File.Exists(program))
        {
            await System.Console.Error.WriteLineAsync($"{program} is missing: run ./prunella version once, at the root of the checkout.");
            return 2;
        }
        var folder = Directory.CreateTempSubdirectory("prunella-scale-").FullName;
        await using var sandbox = kubeconfig is null
            ? await SandboxCluster.StartAsync(new SandboxOptions { Nodes = [.. Enumerable.Range(1, pods / 100 + 2).Select(number => new SandboxNode($"node-{number}", "64", "256Gi"))], HistoryEventsMax = 65_536, WatchQueueMax = 65_536, KubeconfigPath = Path.Combine(folder, "cluster.conf") })
            : null;
        kubeconfig ??= Path.Combine(folder, "cluster.conf");
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        try
        {
            await client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Space } });
            return await MeasureAsync(program, kubeconfig, folder, client, pods, sandbox is null ? "a cluster with kubemark nodes" : "the sandbox cluster");
        }
        finally
        {
            await client.CoreV1.DeleteNamespaceAsync(Space);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(string program, string kubeconfig, string folder, k8s.Kubernetes client, int pods, string where)
    {
        foreach (var number in Enumerable.Range(0, (pods - Failing) / PodsOfDeployment)) await client.AppsV1.CreateNamespacedDeploymentAsync(Deployment($"well-{number}", PodsOfDeployment), Space);
        foreach (var number in Enumerable.Range(0, Failing)) await client.AppsV1.CreateNamespacedDeploymentAsync(Deployment($"failing-{number}", 1), Space);
        await UntilAsync(async () => (await client.AppsV1.ListNamespacedDeploymentAsync(Space)).Items.Sum(found => found.Status?.ReadyReplicas ?? 0) >= pods, "all pods to be ready");

        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "prunella.yaml"), string.Create(CultureInfo.InvariantCulture,
            $"kubernetes: {{ namespaces: [{Space}] }}\noperator: {{ leaseNamespace: {Space} }}\nauth: {{ tokens: [{{ name: bench, role: Admin, sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))} }}] }}\nremediation: {{ stages: {{ scopes: {{ '{Space}/*': Full }} }} }}\n"));
        // As ./prunella serve and deploy/ start it.
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "serve", "--config", Path.Combine(folder, "prunella.yaml"), "--data", Path.Combine(folder, "data"), "--urls", $"http://127.0.0.1:{port}", "--kubeconfig", kubeconfig])
        {
            RedirectStandardError = true, Environment = { ["DOTNET_GCGen0MaxBudget"] = "600000", ["DOTNET_TC_CallCountThreshold"] = "400" },
        })!;
        var watching = new TaskCompletionSource();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ClusterOperator: Watching", StringComparison.Ordinal) == true) watching.TrySetResult();
        };
        process.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        try
        {
            await watching.Task.WaitAsync(Patience);
            await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, CancellationToken.None);
            var (idle, cpuBefore, listsBefore) = (Rss(process), process.TotalProcessorTime, await MetricAsync(http, "prunella_operator_lists"));
            var began = TimeProvider.System.GetTimestamp();
            // More than half of the workloads: each has a way back, and none may be gone while the storm lasts.
            await Task.WhenAll(Enumerable.Range(0, Failing).Select(number => client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(BadRelease, V1Patch.PatchType.StrategicMergePatch), $"failing-{number}", Space)));
            var created = TimeProvider.System.GetElapsedTime(began);
            List<JsonNode> incidents = [];
            var peak = idle;
            await UntilAsync(async () =>
            {
                peak = Math.Max(peak, Rss(process));
                return (incidents = await IncidentsAsync(http)).Count >= Failing;
            }, "every failing deployment to be noticed");
            await UntilAsync(async () =>
            {
                peak = Math.Max(peak, Rss(process));
                return (incidents = await IncidentsAsync(http)).TrueForAll(incident => incident["state"]!.GetValue<string>() is "Resolved" or "Escalated" or "Closed" or "AwaitingApproval");
            }, "every incident to be judged");
            var details = await Task.WhenAll(incidents.Select(incident => http.GetStringAsync(new Uri($"/api/v1/incidents/{incident["id"]}", UriKind.Relative))));
            var detect = details.Select(text => JsonNode.Parse(text)!).Select(incident => (At(incident["summary"]!["noticedAt"]) - At(incident["startedAt"])).TotalSeconds).Order().ToList();
            var lists = await MetricAsync(http, "prunella_operator_lists") - listsBefore;
            System.Console.WriteLine($"{pods} pods on {where}, {Failing} deployments failing at once (released within {created.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s), {Environment.ProcessorCount} cores, load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
            System.Console.WriteLine("| detection p50 s | p99 s | max s | RSS watching MB | RSS peak MB | lists since | CPU s | ends |");
            System.Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---|");
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {detect[detect.Count / 2]:0.00} | {detect[(int)(detect.Count * 0.99) - 1]:0.00} | {detect[^1]:0.00} | {idle >> 20} | {peak >> 20} | {lists:0} | {(process.TotalProcessorTime - cpuBefore).TotalSeconds:0.0} | {string.Join(", ", incidents.CountBy(incident => incident["state"]!.GetValue<string>()).Select(end => $"{end.Value} {end.Key}"))} |"));
            var storms = details.Count(text => text.Contains("storm", StringComparison.OrdinalIgnoreCase));
            var acted = details.Count(text => JsonNode.Parse(text)!["actedAt"] is not null);
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{storms} of {details.Length} incidents were held back by the storm pause; {acted} were acted on."));
            System.Console.WriteLine("Detection is from the API's own times, which are whole seconds: up to one second of it is theirs.");
            return 0;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private const string BadRelease = """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"KEY","valueFrom":{"configMapKeyRef":{"name":"nowhere","key":"key"}}}]}]}}}}""";

    private static V1Deployment Deployment(string name, int replicas)
    {
        var labels = new Dictionary<string, string> { ["app"] = name };
        var container = new V1Container { Name = "app", Image = "busybox", ImagePullPolicy = "IfNotPresent", Command = ["sleep", "1000000"] };
        var elsewhere = new V1NodeSelectorTerm { MatchExpressions = [new V1NodeSelectorRequirement { Key = "kubernetes.io/hostname", OperatorProperty = "NotIn", Values = ["node1"] }] };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1DeploymentSpec
            {
                Strategy = new V1DeploymentStrategy { Type = "Recreate" }, Replicas = replicas, Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = new V1PodSpec
                    {
                        TerminationGracePeriodSeconds = 0, Containers = [container],
                        Affinity = new V1Affinity { NodeAffinity = new V1NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [elsewhere] } } },
                    },
                },
            },
        };
    }

    private static async Task<List<JsonNode>> IncidentsAsync(HttpClient http) =>
        [.. JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/v1/incidents?namespace={Space}&limit=500", UriKind.Relative)))!["items"]!.AsArray().Select(incident => incident!)];

    private static async Task<double> MetricAsync(HttpClient http, string name) =>
        (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) && !line.Contains("_bucket", StringComparison.Ordinal))
            .Sum(line => double.TryParse(line.Split(' ').ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var value) ? value : 0);

    private static DateTimeOffset At(JsonNode? node) => DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static long Rss(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new TimeoutException($"Waited {Patience.TotalMinutes} minutes for {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
