using System.Text.Json.Nodes;
using Prunella.Demo.Metrics;
using Prunella.Demo.Queries;
using Prunella.Incidents;

namespace Prunella.Demo;

/// <summary>One alert rule, as Prometheus has them.</summary>
/// <param name="Name">The alert's name.</param>
/// <param name="Expression">Fires for each series that it gives.</param>
/// <param name="Severity">Its severity label.</param>
/// <param name="Summary">Its annotation; <c>{value}</c> is the series' value.</param>
internal sealed record AlertRule(string Name, string Expression, string Severity, string Summary)
{
    /// <summary>Another rule that, while it fires for the same labels, keeps this one silent: Alertmanager's inhibition.</summary>
    public string InhibitedBy { get; init; } = "";

    /// <summary>How long it has to hold before it fires, and how long it has to be gone before it is resolved.</summary>
    internal static readonly TimeSpan For = TimeSpan.FromSeconds(1);

    /// <summary>The rules of the demo.</summary>
    internal static IReadOnlyList<AlertRule> All { get; } =
    [
        new("ConnectionPoolExhausted", "max by (namespace, deployment) (hikaricp_connections_active / on (namespace, pod, deployment) hikaricp_connections_max) >= 0.95", "critical", "the connection pool is used up"),
        new("DatabaseConnectionsHeld", "max by (namespace, deployment) (pg_stat_activity_count / on (namespace, pod, deployment) pg_settings_max_connections) >= 0.95", "critical", "the database has hardly a connection left"),
        new("HighErrorRate", "sum by (namespace, deployment) (rate(http_requests_total{status=~\"5..\"}[2s])) / on (namespace, deployment) sum by (namespace, deployment) (rate(http_requests_total[2s])) > 0.32", "critical", "many requests fail"),
        new("HighCpu", "min by (namespace, deployment) (rate(container_cpu_usage_seconds_total[2s]) / on (namespace, pod, deployment) kube_pod_container_resource_limits{resource=\"cpu\"}) > 0.9", "warning", "every pod is at its CPU limit"),
        new("CacheStale", "max by (namespace, deployment) (cache_stale_ratio) > 0.5", "warning", "most of the cache is stale"),
        new("ContainerOutOfMemory", "max by (namespace, deployment) (kube_pod_container_status_last_terminated_reason{reason=\"OOMKilled\"}) == 1", "critical", "a container was killed for memory"),
        new("KubePodCrashLooping", "max by (namespace, deployment) (kube_pod_container_status_waiting_reason{reason=\"CrashLoopBackOff\"}) == 1", "critical", "a container crashes again and again") { InhibitedBy = "ContainerOutOfMemory" },
        new("KubePodNotReady", "max by (namespace, deployment) (kube_pod_container_status_waiting_reason{reason=\"CreateContainerConfigError\"}) == 1", "warning", "a rollout hangs: a container cannot be created"),
        new("KubePersistentVolumeFillingUp", "min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / on (namespace, persistentvolumeclaim) kubelet_volume_stats_capacity_bytes) < 0.15", "warning", "the volume will be full soon"),
        new("CertificateExpiringSoon", "min by (namespace, name, deployment) (certmanager_certificate_expiration_timestamp_seconds) - time() < 1209600", "warning", "the certificate expires within 14 days"),
        new("KubeNodeNotReady", "max by (node) (kube_node_status_condition{condition=\"Ready\",status=\"true\"}) == 0", "critical", "the node does not report as ready"),
    ];
}

/// <summary>
/// The demo's Prometheus rules and Alertmanager in one: evaluates the rules and posts what changed to the real webhook over
/// HTTP. It repeats what still fires, as Alertmanager does, so that redelivery is part of the demo.
/// </summary>
internal sealed class AlertLoop(SeriesHistory history, Uri server, string token, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(5);
    private readonly QueryEvaluator evaluator = new(history, TimeSpan.FromSeconds(3));
    private readonly HttpClient http = new() { BaseAddress = server, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    private readonly Dictionary<string, Active> active = new(StringComparer.Ordinal);

    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(DemoSampler.Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation)) await EvaluateAsync(cancellation);
    }

    public void Dispose() => http.Dispose();

    private async Task EvaluateAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var due = new List<Active>();
        foreach (var rule in AlertRule.All)
        {
            foreach (var element in evaluator.Evaluate(QueryParser.Parse(rule.Expression), now))
            {
                if (rule.InhibitedBy.Length > 0 && active.Values.Any(other => other.Rule.Name == rule.InhibitedBy && element.Labels.All(label => other.Labels.GetValueOrDefault(label.Key) == label.Value))) continue;
                var labels = new Dictionary<string, string>(element.Labels, StringComparer.Ordinal) { ["alertname"] = rule.Name, ["severity"] = rule.Severity };
                var key = Fingerprint.OfLabels(labels);
                if (!active.TryGetValue(key, out var alert)) active[key] = alert = new Active(rule, labels, key, now);
                alert.SeenAt = now;
            }
        }
        foreach (var (key, alert) in active.ToArray())
        {
            var gone = now - alert.SeenAt >= AlertRule.For;
            if (gone && alert.PostedAt is null) active.Remove(key);
            else if (gone) { alert.EndsAt = now; due.Add(alert); }
            else if (now - alert.Since >= AlertRule.For && (alert.PostedAt is not { } posted || now - posted >= RepeatAfter)) due.Add(alert);
        }
        if (due.Count > 0 && await PostAsync(due, cancellation))
        {
            foreach (var alert in due)
            {
                alert.PostedAt = now;
                if (alert.EndsAt is not null) active.Remove(alert.Key);
            }
        }
    }

    private async Task<bool> PostAsync(List<Active> due, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["version"] = "4", ["receiver"] = "prunella", ["status"] = due.Exists(alert => alert.EndsAt is null) ? "firing" : "resolved",
            ["alerts"] = new JsonArray([.. due.Select(Write)]),
        };
        using var response = await http.PostAsJsonAsync("/webhooks/alertmanager", body, cancellation);
        return response.IsSuccessStatusCode; // otherwise the next round sends it again
    }

    private static JsonNode Write(Active alert) => new JsonObject
    {
        ["status"] = alert.EndsAt is null ? "firing" : "resolved",
        ["labels"] = new JsonObject(alert.Labels.Select(label => new KeyValuePair<string, JsonNode?>(label.Key, label.Value))),
        ["annotations"] = new JsonObject { ["summary"] = alert.Rule.Summary },
        ["startsAt"] = alert.Since.ToString("o"),
        ["endsAt"] = alert.EndsAt?.ToString("o") ?? "0001-01-01T00:00:00Z",
        ["fingerprint"] = alert.Key,
    };

    private sealed class Active(AlertRule rule, Dictionary<string, string> labels, string key, DateTimeOffset since)
    {
        public AlertRule Rule { get; } = rule;
        public Dictionary<string, string> Labels { get; } = labels;
        public string Key { get; } = key;
        public DateTimeOffset Since { get; } = since;
        public DateTimeOffset SeenAt { get; set; } = since;
        public DateTimeOffset? PostedAt { get; set; }
        public DateTimeOffset? EndsAt { get; set; }
    }
}
