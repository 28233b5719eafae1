using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>Workloads where no operator keeps them: asked of the API while somebody looks, once for all who do within a while. Thread-safe.</summary>
internal sealed class LiveWorkloads(LiveSnapshots live, KubernetesOptions options, TimeProvider time) : IWatchedWorkloads, IDisposable
{
    // Lists of the whole cluster: not more often than a person wants to know.
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim turn = new(1);
    private (long At, IReadOnlyList<WatchedWorkload> Workloads)? last;

    public bool IsInMemory => false;

    public IReadOnlyList<string> Unread { get; private set; } = [];

    public async ValueTask<IReadOnlyList<WatchedWorkload>?> WorkloadsAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (last is { } kept && time.GetElapsedTime(kept.At) < AgeMax) return kept.Workloads;
            var workloads = new List<WatchedWorkload>();
            var unread = new List<string>();
            foreach (var scope in options.Namespaces.Count == 0 ? [""] : options.Namespaces)
            {
                var snapshot = await live.TakeForIncidentAsync(scope, cancellation);
                workloads.AddRange(Of(snapshot));
                unread.AddRange(snapshot.Unread);
            }
            Unread = [.. unread.Distinct()];
            last = (time.GetTimestamp(), [.. workloads.DistinctBy(workload => workload.Target.Key)]);
            return last.Value.Workloads;
        }
        finally
        {
            turn.Release();
        }
    }

    private IReadOnlyList<WatchedWorkload> Of(ClusterSnapshot snapshot)
    {
        var troubles = new Dictionary<ObjectRef, FoundTrouble>();
        foreach (var (finding, symptomsOf) in Diagnoser.Diagnose(snapshot))
            if (finding.Severity != Severity.Info && symptomsOf.Count == 0) troubles.TryAdd(finding.Target, new FoundTrouble(finding.Cause, finding.Summary, null));
        return WorkloadList.Of(options.ClusterName, [.. snapshot.Pods, .. snapshot.Workloads.Where(WorkloadList.IsPart)], snapshot.TopOf, troubles);
    }

    public void Dispose() => turn.Dispose();
}
