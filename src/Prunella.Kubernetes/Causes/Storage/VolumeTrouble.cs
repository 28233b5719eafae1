using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Storage;

/// <summary>A volume that failed, or keeps the data of a claim that is gone.</summary>
public sealed class VolumeTrouble : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("volume-failed", "Storage", CauseLayer.Root)
    {
        RecognisedBy = "A persistent volume has the phase Failed; one that is Released is a hint.",
        Done = "A person looks at the volume's data; volumes are never deleted by Prunella.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var volume in snapshot.Of("PersistentVolume"))
        {
            var phase = volume.Status["phase"].Text;
            if (phase is not ("Failed" or "Released")) continue;
            var claim = $"{volume.Spec["claimRef"]["namespace"].Text}/{volume.Spec["claimRef"]["name"].Text}";
            var failed = phase == "Failed";
            yield return Found(volume.Ref, phase, 0.95, failed ? Severity.Warning : Severity.Info, failed ? $"The volume of claim {claim} could not be reclaimed: {volume.Status["message"].TextOrNull ?? volume.Status["reason"].Text}" : $"It keeps the data of claim {claim}, which is gone, and serves nobody.", Observed.Object(snapshot, volume, $"phase: {phase} {volume.Status["message"].Text}")) with { Advice = "Save its data or clear it, then release it by hand." };
        }
    }
}
