using System.Text.RegularExpressions;
using Prunella.Incidents.Metrics;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>
/// What the causes about memory and processor time look at, asked of Prometheus for the pods of an incident's target: cAdvisor's
/// series under the names that every kubelet gives them. Without a Prometheus, or without an answer in time, there are none.
/// </summary>
internal static partial class PodSeries
{
    private const string Source = "prometheus";
    private const int PodsMax = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A slow leak shows over hours, a fast one within minutes; what throttles now must not be diluted by what did not an hour ago.
    private static readonly (string Name, TimeSpan Over, TimeSpan Step)[] Wanted =
    [
        ("container_memory_working_set_bytes", TimeSpan.FromHours(2), TimeSpan.FromMinutes(1)),
        ("container_memory_working_set_bytes", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
        ("container_cpu_cfs_throttled_periods_total", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5)),
        ("container_cpu_cfs_periods_total", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5)),
    ];

    /// <summary>The series of the pods of a target.</summary>
    internal static async Task<IReadOnlyList<Snapshot.MetricSeries>> ReadAsync(IReadOnlyDictionary<string, IMetricSource> sources, ClusterSnapshot snapshot, ObjectRef target, DateTimeOffset now, TimeProvider time, CancellationToken cancellation)
    {
        if (!sources.TryGetValue(Source, out var prometheus)) return [];
        var pods = snapshot.PodsOf(target).Select(pod => pod.Name).Where(name => PodName().IsMatch(name)).Take(PodsMax).ToList();
        if (pods.Count == 0 || !PodName().IsMatch(target.Namespace)) return [];
        using var deadline = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return [.. (await Task.WhenAll(Wanted.Select(wanted => AskAsync(prometheus, wanted, target.Namespace, pods, now, linked.Token)))).SelectMany(series => series)];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<Snapshot.MetricSeries>> AskAsync(IMetricSource prometheus, (string Name, TimeSpan Over, TimeSpan Step) wanted, string @namespace, List<string> pods, DateTimeOffset now, CancellationToken cancellation)
    {
        var query = $"max by (namespace, pod, container) ({wanted.Name}{{namespace=\"{@namespace}\",pod=~\"{string.Join('|', pods)}\",container!=\"POD\"}})";
        var answer = await prometheus.QueryRangeAsync(query, now - wanted.Over, now, wanted.Step, cancellation);
        return answer.Status == MetricStatus.Ok ? answer.Series.Select(series => new Snapshot.MetricSeries(wanted.Name, series.Labels, [.. series.Points.Select(point => (point.Time, point.Value))])) : [];
    }

    // As the API allows names: nothing in them means anything in a query. A dot stands for any character, which costs nothing.
    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PodName();
}
