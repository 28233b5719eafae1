using System.Text.Json.Serialization;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

// 2 000 pods are some 300 workloads. Their counters are in three lists that never touch a pod; parsing only the counters
// and sharing the answer among everyone who asks within two seconds makes a storm of questions one read.
/// <summary>Counts healthy and unhealthy workloads per namespace. Thread-safe.</summary>
internal sealed class WorkloadSurvey(ClusterApi api, KubernetesOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private IReadOnlyDictionary<string, Counts>? cached;
    private DateTimeOffset cachedAt;

    internal async Task<Surroundings> CountAsync(string @namespace, CancellationToken cancellation)
    {
        var counts = await ReadAsync(cancellation);
        var mine = counts.GetValueOrDefault(@namespace);
        return new Surroundings(mine.Total, mine.Unhealthy, counts.Values.Sum(count => count.Total), counts.Values.Sum(count => count.Unhealthy));
    }

    private async Task<IReadOnlyDictionary<string, Counts>> ReadAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (cached is null || time.GetUtcNow() - cachedAt >= options.SurveyAge)
            {
                var startedAt = time.GetUtcNow();
                cached = await CountAllAsync(cancellation);
                cachedAt = startedAt;
            }
            return cached;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<IReadOnlyDictionary<string, Counts>> CountAllAsync(CancellationToken cancellation)
    {
        IEnumerable<string> scopes = options.Namespaces.Count == 0 ? [""] : options.Namespaces;
        var lists = scopes.SelectMany(scope => new[] { ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet }.Select(kind => api.ListAsync<Row>(kind, scope, cancellation)));
        var counts = new Dictionary<string, Counts>(StringComparer.Ordinal);
        foreach (var row in (await Task.WhenAll(lists)).SelectMany(rows => rows))
        {
            var desired = row.Status?.DesiredNumberScheduled ?? row.Spec?.Replicas ?? 1;
            var ready = row.Status?.NumberReady ?? row.Status?.ReadyReplicas ?? 0;
            if (desired == 0) continue;
            var before = counts.GetValueOrDefault(row.Metadata?.Namespace ?? "");
            counts[row.Metadata?.Namespace ?? ""] = new Counts(before.Total + 1, before.Unhealthy + (ready < desired ? 1 : 0));
        }
        return counts;
    }

    public void Dispose() => gate.Dispose();

    private readonly record struct Counts(int Total, int Unhealthy);

    internal sealed class Row
    {
        [JsonPropertyName("metadata")] public RowMetadata? Metadata { get; set; }

        [JsonPropertyName("spec")] public RowSpec? Spec { get; set; }

        [JsonPropertyName("status")] public RowStatus? Status { get; set; }
    }

    internal sealed class RowMetadata
    {
        [JsonPropertyName("namespace")] public string? Namespace { get; set; }
    }

    internal sealed class RowSpec
    {
        [JsonPropertyName("replicas")] public int? Replicas { get; set; }
    }

    internal sealed class RowStatus
    {
        [JsonPropertyName("readyReplicas")] public int? ReadyReplicas { get; set; }

        [JsonPropertyName("desiredNumberScheduled")] public int? DesiredNumberScheduled { get; set; }

        [JsonPropertyName("numberReady")] public int? NumberReady { get; set; }
    }
}
