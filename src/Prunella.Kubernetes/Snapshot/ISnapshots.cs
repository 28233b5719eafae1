using Prunella.Incidents;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Where the diagnosis of an incident gets its snapshot: from the API at this moment, or from what the operator keeps in memory.</summary>
internal interface ISnapshots
{
    /// <summary>What there is about a target: its namespace with logs, or the nodes with their pods.</summary>
    Task<ClusterSnapshot> TakeForIncidentAsync(Target target, CancellationToken cancellation);
}
