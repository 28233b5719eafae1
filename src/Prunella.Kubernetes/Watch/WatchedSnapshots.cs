using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>
/// Snapshots for incidents from what the operator keeps in memory, with logs read for them; from the API while it keeps
/// nothing, so that there is one way to a diagnosis whoever noticed the trouble. Thread-safe.
/// </summary>
internal sealed class WatchedSnapshots(ClusterOperator watching, LiveSnapshots live, ClusterApi api, TimeProvider time) : ISnapshots
{
    public Causes.CauseFinding? Noticed(ObjectRef target) => watching.FindingOf(target);

    public async Task<ClusterSnapshot> TakeForIncidentAsync(Target target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!watching.UpToDate) return await live.TakeForIncidentAsync(target.Namespace, cancellation);
        var builder = new SnapshotBuilder();
        watching.AddTo(builder, target.Namespace);
        await new SnapshotLogs(api, time).AddAsync(builder, builder.Build(time.GetUtcNow()), new ObjectRef(target.Kind, target.Namespace, target.Name), cancellation);
        return builder.Build(time.GetUtcNow());
    }
}
