using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>A config map near the size at which the API refuses it.</summary>
public sealed class ConfigMapTooLarge : Cause
{
    private const int BytesMin = 900 * 1024;

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("config-map-too-large", "Configuration", CauseLayer.Hint)
    {
        RecognisedBy = "The data of a config map has more than 900 KiB; the API refuses more than 1 MiB.",
        Done = "A hint: a person moves large files into a volume or the image.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var map in snapshot.Of("ConfigMap"))
        {
            var bytes = map.Root["data"].Length + map.Root["binaryData"].Length * 3L / 4;
            if (bytes < BytesMin) continue;
            var largest = map.Root["data"].Members.Concat(map.Root["binaryData"].Members).MaxBy(member => member.Value.Length);
            yield return Found(map.Ref, largest.Name, 0.9, Severity.Info, $"It has {Words.Bytes(bytes)}, and the API refuses more than 1 MiB; the largest key is {largest.Name} with {Words.Bytes(largest.Value.Length)}.", Observed.Object(snapshot, map, $"{Words.Bytes(bytes)} in {Words.Count(map.Root["data"].Count + map.Root["binaryData"].Count, "key", "keys")}")) with { Advice = $"Move {largest.Name} into a volume or the image." };
        }
    }
}
