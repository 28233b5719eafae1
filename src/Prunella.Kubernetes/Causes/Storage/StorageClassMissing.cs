using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Storage;

/// <summary>A claim asks for a storage class that does not exist.</summary>
public sealed class StorageClassMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("storage-class-missing", "Storage", CauseLayer.Root)
    {
        RecognisedBy = "A pending claim names a storage class that the cluster does not have.",
        Done = "A person corrects the class or creates it.",
        Family = "claim",
        Precedence = 10,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var claim in snapshot.Of("PersistentVolumeClaim"))
        {
            var name = claim.Spec["storageClassName"].Text;
            if (claim.Status["phase"].Text != "Pending" || name.Length == 0 || snapshot.Find("StorageClass", "", name) is not null) continue;
            var told = Observed.Events(snapshot, claim.Ref, "ProvisioningFailed").FirstOrDefault(happened => happened.Message.Contains("not found", StringComparison.Ordinal));
            if (told is null && !snapshot.Knows("StorageClass", "")) continue;
            var classes = snapshot.Of("StorageClass").Select(candidate => candidate.Name).ToList();
            yield return Found(claim.Ref, $"storage class {name}", 0.97, Severity.Warning, $"Storage class {name}, which it asks for, does not exist{(classes.Count > 0 ? $"; there is {Words.List(classes)}" : "")}.", told is null ? Observed.Object(snapshot, claim, $"storageClassName: {name}, Pending") : Observed.Event(snapshot, told)) with
            {
                Advice = classes.Count > 0 ? $"Make the claim again with class {Words.List(classes)}: the class of a claim cannot be changed." : $"Create storage class {name}.",
            };
        }
    }
}
