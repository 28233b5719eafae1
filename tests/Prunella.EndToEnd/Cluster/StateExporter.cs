using System.Globalization;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Cluster;

/// <summary>
/// Stands in for kube-state-metrics, which this cluster lacks, and for Kubernetes discovery, which Debian's Prometheus is built
/// without: tells, read from the API all the time, the state of the namespace's containers and where its pods are scraped.
/// </summary>
internal sealed class StateExporter : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(700);
    private readonly RealCluster cluster;
    private readonly WebApplication application;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task reading;
    private IList<V1Pod> pods = [];
    private string usage = "";

    private StateExporter(RealCluster cluster, WebApplication application, int port)
    {
        (this.cluster, this.application, Port) = (cluster, application, port);
        application.MapGet("/metrics", () => Results.Text(Describe(pods) + usage, "text/plain"));
        application.MapGet("/targets", () => Results.Text(Targets(pods), "application/json"));
        reading = ReadAsync(stopping.Token);
    }

    internal int Port { get; }

    /// <summary>Whether it also tells what the kubelet counts of the pods' processor time and memory.</summary>
    internal bool TellsUsage { get; set; }

    internal static async Task<StateExporter> StartAsync(RealCluster cluster)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = LoopbackPort.Free();
        var application = builder.Build();
        application.Urls.Add($"http://127.0.0.1:{port}");
        var exporter = new StateExporter(cluster, application, port);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return exporter;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await reading;
        await application.DisposeAsync();
        stopping.Dispose();
    }

    // Read beside the scrapes, so that a slow API server makes old samples and no gaps.
    private async Task ReadAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                pods = (await cluster.Client.ListNamespacedPodAsync(cluster.Namespace, cancellationToken: cancellation)).Items;
                if (TellsUsage) usage = await UsageAsync(cancellation);
                await Task.Delay(Interval, TimeProvider.System, cancellation);
            }
            catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or HttpOperationException)
            {
                // Asked to stop, or the server did not answer this once.
            }
        }
    }

    /// <summary>cAdvisor's series as the kubelet tells them, without its times: so they end with their pod, as a target of its own would make them.</summary>
    private async Task<string> UsageAsync(CancellationToken cancellation)
    {
        var text = new StringBuilder();
        foreach (var node in pods.Select(pod => pod.Spec.NodeName).Where(node => node is { Length: > 0 }).Distinct())
        {
            var told = await cluster.Client.HttpClient.GetStringAsync(new Uri(cluster.Client.BaseUri, $"api/v1/nodes/{node}/proxy/metrics/cadvisor"), cancellation);
            foreach (var line in told.Split('\n'))
            {
                if ((line.StartsWith("container_cpu_cfs_", StringComparison.Ordinal) || line.StartsWith("container_memory_working_set_bytes{", StringComparison.Ordinal)) && line.Contains($"namespace=\"{cluster.Namespace}\"", StringComparison.Ordinal) && pods.Any(pod => line.Contains($"pod=\"{pod.Metadata.Name}\"", StringComparison.Ordinal)))
                    text.Append(line.AsSpan(0, line.LastIndexOf(' '))).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Targets(IEnumerable<V1Pod> pods) => JsonSerializer.Serialize(
        pods.Where(pod => pod.Status is { Phase: "Running", PodIP.Length: > 0 } && pod.Metadata.Annotations?.ContainsKey("prometheus.io/scrape") == true)
            .Select(pod => new
            {
                targets = new[] { $"{pod.Status.PodIP}:{pod.Metadata.Annotations["prometheus.io/port"]}" },
                labels = new Dictionary<string, string> { ["namespace"] = pod.Metadata.NamespaceProperty, ["pod"] = pod.Metadata.Name },
            }));

    private static string Describe(IEnumerable<V1Pod> pods)
    {
        var text = new StringBuilder();
        foreach (var pod in pods)
        {
            foreach (var status in pod.Status.ContainerStatuses ?? [])
            {
                var labels = $"namespace=\"{pod.Metadata.NamespaceProperty}\",pod=\"{pod.Metadata.Name}\",container=\"{status.Name}\"";
                text.Append(CultureInfo.InvariantCulture, $"kube_pod_container_status_restarts_total{{{labels}}} {status.RestartCount}\n");
                if (status.LastState?.Terminated?.Reason is { } ended) text.Append(CultureInfo.InvariantCulture, $"kube_pod_container_status_last_terminated_reason{{{labels},reason=\"{ended}\"}} 1\n");
                if (status.State?.Waiting?.Reason is { } waits) text.Append(CultureInfo.InvariantCulture, $"kube_pod_container_status_waiting_reason{{{labels},reason=\"{waits}\"}} 1\n");
            }

            foreach (var container in pod.Spec.Containers)
            {
                if (container.Resources?.Limits?.TryGetValue("memory", out var limit) == true)
                    text.Append(CultureInfo.InvariantCulture, $"kube_pod_container_resource_limits{{namespace=\"{pod.Metadata.NamespaceProperty}\",pod=\"{pod.Metadata.Name}\",container=\"{container.Name}\",resource=\"memory\",unit=\"byte\"}} {limit.ToDouble()}\n");
            }
        }

        return text.ToString();
    }
}
