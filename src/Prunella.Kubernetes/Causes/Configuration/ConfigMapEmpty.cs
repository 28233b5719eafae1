using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>A config map without a key.</summary>
public sealed class ConfigMapEmpty : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("config-map-empty", "Configuration", CauseLayer.Hint)
    {
        RecognisedBy = "A config map has neither data nor binary data, and is no lock of a leader election.",
        Done = "A hint: a person fills or removes it.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var map in snapshot.Of("ConfigMap"))
        {
            if (map.Root["data"].Count + map.Root["binaryData"].Count > 0 || ConfigMapUse.IsLoaded(map)) continue;
            yield return Found(map.Ref, map.Name, 0.8, Severity.Info, "It has no keys: whoever reads it finds nothing.", Observed.Object(snapshot, map, "no data", map.CreatedAt)) with { Advice = "Fill it or remove it." };
        }
    }
}
