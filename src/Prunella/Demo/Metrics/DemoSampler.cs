using System.Text.Json;
using Prunella.Sandbox;
using Prunella.Sandbox.Faults;

namespace Prunella.Demo.Metrics;

/// <summary>
/// Measures the sandbox cluster twice a second and records it under the names that cAdvisor, kube-state-metrics, HikariCP and
/// others use, so that the shipped playbooks' queries find what they would find on a real cluster.
/// </summary>
internal sealed class DemoSampler(SandboxCluster cluster, SeriesHistory history, TimeProvider time) : IDisposable
{
    /// <summary>Time between two measurements.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient api = new() { BaseAddress = cluster.Address, Timeout = TimeSpan.FromSeconds(10) };
    private readonly Dictionary<string, double> counters = new(StringComparer.Ordinal);
    private DateTimeOffset? lastAt;

    /// <summary>Measures until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await MeasureAsync(cancellation);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    public void Dispose() => api.Dispose();

    private async Task MeasureAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var seconds = lastAt is { } before ? (now - before).TotalSeconds : 0;
        lastAt = now;
        foreach (var pod in cluster.Gauges.Pods()) Record(now, seconds, pod);
        foreach (var volume in cluster.Gauges.Volumes())
        {
            history.Record(now, "kubelet_volume_stats_capacity_bytes", volume.CapacityBytes, "namespace", volume.Namespace, "persistentvolumeclaim", volume.Claim);
            history.Record(now, "kubelet_volume_stats_available_bytes", volume.CapacityBytes - volume.UsedBytes, "namespace", volume.Namespace, "persistentvolumeclaim", volume.Claim);
        }
        foreach (var certificate in cluster.Gauges.Certificates())
            history.Record(now, "certmanager_certificate_expiration_timestamp_seconds", certificate.NotAfter.ToUnixTimeSeconds(), "namespace", certificate.Namespace, "name", certificate.Name, "deployment", "frontend");
        foreach (var node in cluster.Gauges.Nodes())
            history.Record(now, "kube_node_status_condition", node.Ready ? 1 : 0, "node", node.Node, "condition", "Ready", "status", "true");
        await RecordStatusesAsync(now, cancellation);
        history.Sweep(now);
    }

    private void Record(DateTimeOffset now, double seconds, PodGauges pod)
    {
        string[] labels = ["namespace", pod.Namespace, "pod", pod.Pod, "container", pod.Container, WorkloadLabel(pod.Workload.Kind), pod.Workload.Name];
        history.Record(now, "container_memory_working_set_bytes", pod.MemoryBytes, labels);
        history.Record(now, "container_cpu_usage_seconds_total", Count($"cpu {pod.Pod}/{pod.Container}", pod.CpuCores * seconds), labels);
        if (pod.MemoryLimitBytes is { } memory) history.Record(now, "kube_pod_container_resource_limits", memory, [.. labels, "resource", "memory", "unit", "byte"]);
        if (pod.CpuLimitCores is { } cpu) history.Record(now, "kube_pod_container_resource_limits", cpu, [.. labels, "resource", "cpu", "unit", "core"]);
        if (pod.ConnectionsMax > 0)
        {
            var database = pod.Image.Contains("/postgres", StringComparison.Ordinal);
            history.Record(now, database ? "pg_stat_activity_count" : "hikaricp_connections_active", pod.ConnectionsUsed, labels);
            history.Record(now, database ? "pg_settings_max_connections" : "hikaricp_connections_max", pod.ConnectionsMax, labels);
        }
        if (pod.RequestsPerSecond > 0)
        {
            history.Record(now, "http_requests_total", Count($"200 {pod.Pod}", pod.RequestsPerSecond * (1 - pod.ErrorRate) * seconds), [.. labels, "status", "200"]);
            history.Record(now, "http_requests_total", Count($"500 {pod.Pod}", pod.RequestsPerSecond * pod.ErrorRate * seconds), [.. labels, "status", "500"]);
        }
        if (pod.CacheStale is { } stale) history.Record(now, "cache_stale_ratio", stale, labels);
    }

    // What kube-state-metrics reads from the API: why containers wait, and how they last ended.
    private async Task RecordStatusesAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var body = await api.GetStreamAsync("/api/v1/pods", cancellation);
        using var pods = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
        foreach (var pod in pods.RootElement.GetProperty("items").EnumerateArray())
        {
            var metadata = pod.GetProperty("metadata");
            if (metadata.TryGetProperty("deletionTimestamp", out _)) continue;
            if (!pod.GetProperty("status").TryGetProperty("containerStatuses", out var statuses)) continue;
            foreach (var status in statuses.EnumerateArray())
            {
                string[] labels = ["namespace", Text(metadata, "namespace"), "pod", Text(metadata, "name"), "container", Text(status, "name"), "deployment", AppOf(metadata)];
                if (Text(status, "state", "waiting", "reason") is { Length: > 0 } waiting) history.Record(now, "kube_pod_container_status_waiting_reason", 1, [.. labels, "reason", waiting]);
                var ended = Text(status, "lastState", "terminated", "reason") is { Length: > 0 } last ? last : Text(status, "state", "terminated", "reason");
                if (ended.Length > 0) history.Record(now, "kube_pod_container_status_last_terminated_reason", 1, [.. labels, "reason", ended]);
            }
        }
    }

    private double Count(string counter, double more) => counters[counter] = counters.GetValueOrDefault(counter) + more;

    private static string AppOf(JsonElement metadata) => metadata.TryGetProperty("labels", out var labels) ? Text(labels, "app") : "";

    private static string WorkloadLabel(string kind) => kind switch { "StatefulSet" => "statefulset", "DaemonSet" => "daemonset", _ => "deployment" };

    private static string Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return "";
        return element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
    }
}
