using Prunella.Incidents;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Where the diagnosis of an incident gets its snapshot: from the API at this moment, or from what the operator keeps in memory.</summary>
internal interface ISnapshots
{
    /// <summary>What there is about a target: its namespace with logs, or the nodes with their pods.</summary>
    Task<ClusterSnapshot> TakeForIncidentAsync(Target target, CancellationToken cancellation);

    /// <summary>What was found about a target a moment ago and stands until it has stayed away for long enough; null when nothing does.</summary>
    Causes.CauseFinding? Noticed(ObjectRef target) => null;
}
