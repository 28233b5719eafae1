using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>A config map that nothing uses.</summary>
public sealed class ConfigMapUnused : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("config-map-unused", "Configuration", CauseLayer.Hint)
    {
        RecognisedBy = "No pod or pod template of the namespace refers to it: volumes, projected volumes, init containers, environment and arguments are looked through. Maps of sidecars, controllers, leader elections and the cluster's own are left out.",
        Done = "A hint: a person removes it when it was forgotten.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var group in snapshot.Of("ConfigMap").GroupBy(map => map.Namespace))
        {
            // Where no pod is known, nothing can be told of use.
            if (!snapshot.Knows("Pod", group.Key) && !snapshot.Workloads.Any(workload => workload.Namespace == group.Key)) continue;
            var used = ConfigMapUse.UsedIn(snapshot, group.Key);
            foreach (var map in group)
            {
                if (used.Contains(map.Name) || ConfigMapUse.IsLoaded(map) || map.Root["data"].Count + map.Root["binaryData"].Count == 0) continue;
                yield return Found(map.Ref, map.Name, 0.7, Severity.Info, "No pod of its namespace refers to it.", Observed.Object(snapshot, map, $"keys {Words.List(map.Root["data"].Members.Select(member => member.Name), 8)}", map.CreatedAt)) with { Advice = "Remove it when it was forgotten; programs that read it through the API do not show in pods." };
            }
        }
    }
}
